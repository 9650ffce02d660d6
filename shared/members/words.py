"""The Japanese words of this slice's enums, as pages, letters and refusals use them."""

from shared.members.models import ApplicationState, Channel, NoticeState, Source, Visibility
from shared.members.screening_models import CheckResult

STATES: dict[ApplicationState, str] = {
    ApplicationState.RECEIVED: "受付",
    ApplicationState.IN_REVIEW: "確認中",
    ApplicationState.RETURNED: "差戻し",
    ApplicationState.APPROVED: "承認",
    ApplicationState.REJECTED: "不承認",
}

SOURCES: dict[Source, str] = {
    Source.OPEN_CALL: "公募（この指とまれ）",
    Source.DIRECT_MAIL: "ダイレクトメール・郵送の案内",
    Source.FREE_PAPER: "フリーペーパー・広報紙",
    Source.PERSONAL: "事務局からの声かけ",
    Source.REFERRAL: "ほかの団体からの紹介",
    Source.SYMPOSIUM: "シンポジウム・セミナー",
    Source.OTHER: "そのほか",
}

VISIBILITIES: dict[Visibility, str] = {
    Visibility.PUBLIC: "公開",
    Visibility.MEMBERS: "会員のみ",
    Visibility.SECRETARIAT: "事務局のみ",
}

CHANNELS: dict[Channel, str] = {
    Channel.WEB: "ウェブ",
    Channel.FAX: "FAX",
    Channel.POST: "郵送",
    Channel.EMAIL: "メール",
    Channel.PHONE: "電話",
    Channel.API: "システム連携",
}

NOTICE_STATES: dict[NoticeState, str] = {
    NoticeState.RECEIVED: "受付",
    NoticeState.ACCEPTED: "受理",
    NoticeState.REFUSED: "不受理",
}

RESULTS: dict[CheckResult, str] = {
    CheckResult.MET: "満たす",
    CheckResult.NOT_MET: "満たさない",
    CheckResult.OPEN: "未確認",
}
