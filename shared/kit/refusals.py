"""Expected refusals: what a person can mend, said in Japanese. Everything else is a defect and is masked."""


class Refusal(Exception):
    """The request is understood and declined. `code` is for programs, `message` for people, `field` names the input at fault."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class Refusals(Refusal):
    """Several fields are wrong at once; a form shows them all."""

    def __init__(self, problems: list[Refusal]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, first.field)
        self.problems = problems


class NotFound(Refusal):
    """Missing, or not yours: the two must look the same."""

    def __init__(self, message: str = "見つかりませんでした。削除されたか、アドレスが違う可能性があります。") -> None:
        super().__init__("NOT_FOUND", message)


class Forbidden(Refusal):
    def __init__(self, message: str = "この操作を行う権限がありません。サインインしているかご確認ください。") -> None:
        super().__init__("FORBIDDEN", message)


class Conflict(Refusal):
    """Somebody else changed it in the meantime, or it is already done."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__("CONFLICT", message, field)
