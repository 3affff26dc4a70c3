"""The shape of a refusal, where the documents do not say which it is."""

from enum import IntEnum

from simulator import errors


class Refusal(IntEnum):
    """The shape of a refusal: an errcode at HTTP status 200, or a bare HTTP status."""

    INTERNAL_SERVER_ERROR = errors.INTERNAL_SERVER_ERROR
    FAILURE = errors.FAILURE
    TOKEN_EXPIRED = errors.TOKEN_EXPIRED
    ACCESS_DENIED = errors.ACCESS_DENIED
    OPERATION_FAILED = errors.OPERATION_FAILED
    PARAMETER_ERROR = errors.PARAMETER_ERROR
    FILE_SIZE_EXCEEDED = errors.FILE_SIZE_EXCEEDED
    DATA_NOT_FOUND = errors.DATA_NOT_FOUND
    ACTION_FORBIDDEN = errors.ACTION_FORBIDDEN
    HTTP_400 = 400
    HTTP_401 = 401
    HTTP_403 = 403
    HTTP_404 = 404
    HTTP_413 = 413

    @property
    def error(self) -> errors.ApiError | errors.HttpError:
        """The exception that makes this answer."""
        if self.name.startswith("HTTP_"):
            return errors.HttpError(int(self))
        return errors.ApiError(int(self))
