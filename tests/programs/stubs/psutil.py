def cpu_count(logical=True):
    return 1
