"""Why a file is not read, said to the person who has sent it. Raised inside the reading process, shown outside of it."""

from shared.kit.spreadsheets.limits import MAX_BYTES, MAX_CELLS, MAX_COLUMNS


class Unusable(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def empty() -> Unusable:
    return Unusable("FILE_EMPTY", "ファイルに何も書かれていません。中身のあるファイルを選んでください。")


def too_large() -> Unusable:
    return Unusable(
        "FILE_TOO_LARGE",
        f"ファイルが大きすぎます。{MAX_BYTES // 1024 // 1024}MBまで読み込めます。いくつかのファイルに分けてください。",
    )


def too_many_columns() -> Unusable:
    return Unusable(
        "TOO_MANY_COLUMNS", f"列が多すぎます。{MAX_COLUMNS}列まで読み込めます。使わない列を削除してください。"
    )


def too_many_cells() -> Unusable:
    return Unusable(
        "TOO_MANY_CELLS",
        f"セルが多すぎます。{MAX_CELLS:,}セルまで読み込めます。使わない列を削除するか、分けてください。",
    )


def suspicious() -> Unusable:
    return Unusable(
        "FILE_REFUSED",
        "このファイルは、安全のため読み込めません。Excelで開き、新しいファイルとして保存し直してからお試しください。",
    )


def broken() -> Unusable:
    return Unusable(
        "FILE_BROKEN",
        "ファイルを読み取れませんでした。壊れているかもしれません。Excelで開けることを確かめ、保存し直してください。",
    )


def too_heavy() -> Unusable:
    return Unusable(
        "FILE_TOO_HEAVY",
        "ファイルの読み取りに時間かメモリーがかかりすぎるため、中止しました。使わない行・列・シートを削除してください。",
    )


def old_or_locked() -> Unusable:
    return Unusable(
        "FILE_OLD_OR_LOCKED",
        "古い形式（.xls）か、パスワードの付いたファイルです。パスワードを外し、Excelブック（.xlsx）として保存し直してください。",
    )


def not_a_spreadsheet() -> Unusable:
    return Unusable("NOT_A_SPREADSHEET", "Excelブック（.xlsx）かCSVのファイルを選んでください。")


def unknown_encoding(guess: str | None) -> Unusable:
    seems = f"（{guess}のようです）" if guess else ""
    return Unusable(
        "UNKNOWN_ENCODING",
        f"CSVの文字コードを読み取れませんでした{seems}。「CSV UTF-8」として保存し直すか、Excelブック（.xlsx）でお試しください。",
    )
