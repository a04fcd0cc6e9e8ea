class Handler:
    codes = ("context_length_exceeded", "string_above_max_length")

    def too_long(self, error):
        return error.code in self.codes

    def shorten(self, messages):
        return [messages[0], *messages[-4:]]
