"""Why a CV could not be read; each has a text that says what to do (`utter_error_<code>`).

CvRefused
+- CvTooLarge, CvTooLong, CvKindUnknown, CvLocked, CvIsPicture, CvDamaged
"""

from __future__ import annotations

from huntred.errors import ProviderUnavailable, RuleBroken


class CvRefused(RuleBroken):
    """The CV cannot be read."""

    code = "cv_refused"


class CvTooLarge(CvRefused):
    """The file is larger than 8 MB: send a smaller one, without photographs."""

    code = "cv_too_large"


class CvTooLong(CvRefused):
    """The CV has more than 15 pages, or more text than that: send a shorter one."""

    code = "cv_too_long"


class CvKindUnknown(CvRefused):
    """The file is no PDF, no DOCX and no plain text: save it as one of them and send it again."""

    code = "cv_kind_unknown"


class CvLocked(CvRefused):
    """The file needs a password: save it without one and send it again."""

    code = "cv_locked"


class CvIsPicture(CvRefused):
    """The file is a photo or a scan without text: send the document that it was made from."""

    code = "cv_is_picture"


class CvDamaged(CvRefused):
    """The file is damaged, or would take more memory or time than a CV needs: save it anew and send it again."""

    code = "cv_damaged"


class CvReaderBusy(ProviderUnavailable):
    """The reading process could not be started or ended early: the same file may be tried again."""

    code = "cv_reader_busy"
