"""Signing in, renewing and signing out: ``get_token`` and its like."""

from simulator import errors
from simulator.envelope import Fields
from simulator.errors import ApiError
from simulator.model import RecordedRequest
from simulator.pbx import Pbx

from .family import Endpoint, Family
from .parameters import json_body


def _get_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Get access token"."""
    now = pbx.clock()
    pbx.lockout.check(request.source, now)
    body = json_body(request, "username", "password")
    if (body["username"], body["password"]) != (pbx.client_id, pbx.client_secret):
        pbx.lockout.failed(request.source, now)
        raise _refusal(pbx.switches.wrong_secret)
    pbx.lockout.succeeded(request.source)
    return pbx.tokens.issue(now)


def _refusal(errcode: int) -> ApiError:
    if errcode != errors.FAILURE:
        return ApiError(errcode)
    wrong = {"field": "username or password", "value": "error"}
    return ApiError(errcode, invalid_param_list=[wrong])


def _refresh_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Refresh access token"."""
    now = pbx.clock()
    pbx.lockout.check(request.source, now)
    body = json_body(request, "refresh_token")
    fields = pbx.tokens.refresh(body["refresh_token"], now)
    if fields is None:
        if pbx.switches.refused_refresh_is_failed_login:
            pbx.lockout.failed(request.source, now)
        raise pbx.switches.refresh_refusal.error
    return fields


def _del_token(pbx: Pbx, request: RecordedRequest) -> Fields:
    """Answer "Revoke access token"."""
    pbx.tokens.revoke(request.query["access_token"])
    return {}


TOKENS = Family(
    {
        "get_token": Endpoint("POST", _get_token, needs_token=False),
        "refresh_token": Endpoint("POST", _refresh_token, needs_token=False),
        "del_token": Endpoint("GET", _del_token),
    }
)
