"""The one error that is shown to a user as a line, without a traceback."""


class UserError(ValueError):
    """Something a user gave cannot be used.

    Args:
        where: the file, option or field.
        value: what was found there.
        remedy: what to do about it.
    """

    def __init__(self, where: object, value: object, remedy: str):
        super().__init__(f"{where}: {value}; {remedy}")
        self.where, self.value, self.remedy = where, value, remedy
