class Handler:
    patterns = ("context length", "maximum context", "too long")

    def too_long(self, error):
        return any(pattern in str(error) for pattern in self.patterns)

    def shorten(self, messages):
        return [messages[0], *messages[-4:]]
