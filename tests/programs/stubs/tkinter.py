"""A canvas without a screen: as much of tkinter as the maze of a program needs."""


class Canvas:
    def __init__(self, parent, **_):
        self.items = {}

    def create_rectangle(self, *corners, **_):
        self.items[len(self.items)] = [float(corner) for corner in corners]
        return len(self.items) - 1

    create_oval = create_line = create_rectangle

    def coords(self, item):
        return list(self.items[item])

    def move(self, item, x, y):
        left, top, right, bottom = self.items[item]
        self.items[item] = [left + float(x), top + float(y), right + float(x), bottom + float(y)]

    def delete(self, item):
        self.items[item] = None

    def pack(self):
        pass


class Tk:
    def __init__(self):
        self.waiting = []

    def after(self, milliseconds, function):
        self.waiting.append(function)

    def mainloop(self):
        while self.waiting:
            self.waiting.pop(0)()

    def title(self, text):
        pass

    def geometry(self, text):
        pass

    def update(self):
        pass

    def destroy(self):
        pass
