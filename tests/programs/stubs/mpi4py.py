"""One process alone, with the interface of mpi4py."""

import numpy as np


class World:
    def Get_rank(self):
        return 0

    def Get_size(self):
        return 1

    rank, size = property(Get_rank), property(Get_size)

    def Allreduce(self, send, receive, op=None):
        np.copyto(receive, send)

    def allreduce(self, value, op=None):
        return value

    def Bcast(self, value, root=0):
        pass

    def bcast(self, value, root=0):
        return value

    def gather(self, value, root=0):
        return [value]

    def allgather(self, value):
        return [value]

    def Split(self, *_):
        return self

    def Barrier(self):
        pass


class MPI:
    COMM_WORLD = World()
    SUM = MAX = MIN = None
