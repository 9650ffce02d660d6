"""What the states of a follow-up are called."""

from shared.events.models import FollowUpState

STATES = {
    FollowUpState.NOT_STARTED: "未着手",
    FollowUpState.CONSIDERING: "検討中",
    FollowUpState.DONE: "実施",
    FollowUpState.DECLINED: "見送り",
}
MARKS = {
    FollowUpState.NOT_STARTED: "off",
    FollowUpState.CONSIDERING: "wait",
    FollowUpState.DONE: "ok",
    FollowUpState.DECLINED: "warn",
}
