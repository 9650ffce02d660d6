"""Why a PDF is not taken, and what to do about it."""

from shared.kit.pdfs.limits import MAX_BYTES, MAX_PAGES
from shared.kit.refusals import Refusal

_FIELD = "file"


def too_large(size: int) -> Refusal:
    megabytes = -(-size * 10 // (1024 * 1024)) / 10
    return Refusal(
        "FILE_TOO_LARGE",
        f"PDFは{MAX_BYTES // (1024 * 1024)}MBまでです（選ばれたファイルは{megabytes:g}MB）。"
        "写真を軽くして保存し直すか、1ページ目だけを画像にしてお選びください。",
        _FIELD,
    )


def broken() -> Refusal:
    return Refusal(
        "PDF_BROKEN",
        "このPDFは壊れているようで、開けませんでした。作ったソフトでもう一度PDFに書き出して、お選びください。",
        _FIELD,
    )


def locked() -> Refusal:
    return Refusal(
        "PDF_LOCKED",
        "このPDFにはパスワードがかかっています。パスワードを外して保存したものをお選びください。",
        _FIELD,
    )


def too_heavy() -> Refusal:
    return Refusal(
        "PDF_TOO_HEAVY",
        "このPDFは処理が重すぎて読み取れませんでした。写真を軽くして保存し直すか、画像（PNG・JPEG）にしてお選びください。",
        _FIELD,
    )


def page_too_large() -> Refusal:
    return Refusal(
        "PDF_PAGE_TOO_LARGE",
        "このPDFは、ページの縦横が大きすぎるか小さすぎます。A4やA3などの紙の大きさで作り直してください。",
        _FIELD,
    )


def too_many_pages() -> Refusal:
    return Refusal(
        "PDF_TOO_MANY_PAGES",
        f"PDFは{MAX_PAGES}ページまでです。チラシのページだけを書き出して、お選びください。",
        _FIELD,
    )


def not_cleaned() -> Refusal:
    return Refusal(
        "PDF_NOT_CLEANED",
        "このPDFの写真には撮影場所や機種の記録が残っている可能性があり、取り除けませんでした。"
        "作ったソフトの「印刷」から「PDFとして保存」でもう一度書き出すか、画像（PNG・JPEG）にしてお選びください。",
        _FIELD,
    )


#: The child process names them by their codes.
BY_CODE = {each().code: each for each in (broken, locked, too_heavy, page_too_large, too_many_pages, not_cleaned)}
