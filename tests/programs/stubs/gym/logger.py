def setLevel(level):
    pass


set_level = setLevel
