"""The only writers of accounts."""

from povedu.accounts.services.grants import (
    GrantTerms,
    decide_grant,
    end_jurisdiction,
    hand_over,
    request_grant,
    withdraw_grant,
)
from povedu.accounts.services.sessions import (
    close_sign_in,
    confirm_second_factor,
    end_sessions,
    follow_session,
    note_sign_in,
    prepare_second_factor,
    remove_second_factor,
)
from povedu.accounts.services.tokens import create_token, revoke_token
from povedu.accounts.services.users import (
    change_own_password,
    choose_language,
    create_user,
    disable_user,
    edit_user,
    enable_user,
    reset_password,
    take_second_factor,
)

__all__ = [
    "GrantTerms",
    "change_own_password",
    "choose_language",
    "close_sign_in",
    "confirm_second_factor",
    "create_token",
    "create_user",
    "decide_grant",
    "disable_user",
    "edit_user",
    "enable_user",
    "end_jurisdiction",
    "end_sessions",
    "follow_session",
    "hand_over",
    "note_sign_in",
    "prepare_second_factor",
    "remove_second_factor",
    "request_grant",
    "reset_password",
    "revoke_token",
    "take_second_factor",
    "withdraw_grant",
]
