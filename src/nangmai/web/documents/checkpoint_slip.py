"""What goes into the slip that carries a checkpoint of the ledger on paper, as text and as a QR code.

Stands here and not in the ledger's app, which lies below this one and knows no papers.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from nangmai.web.documents.typesetting import qr_svg


def checkpoint_slip(note: str, *, at: datetime.datetime, recipients: Sequence[str] = ()) -> dict[str, Any]:
    """The slip of a note (https://c2sp.org/tlog-checkpoint): origin, size, base64 root, signatures."""
    origin, size, root, *_rest = note.splitlines()
    return {
        "subject": f"Sổ cái {origin}, {size} mục",
        "recipients": list(recipients),
        "paper": {
            "introduction": [
                "Ai giữ phiếu này có thể chứng minh về sau rằng các mục đã ghi trước mốc không bị sửa, xóa, chèn hay "
                "đổi thứ tự. Hai bên giao nhận ký và lưu cùng biên bản giao nhận."
            ],
            "origin": origin,
            "size": int(size),
            "moment": timezone.localtime(at).strftime("%H:%M:%S, %d/%m/%Y"),
            "root": root,
            "lines": note.rstrip("\n").split("\n"),
            "qr": qr_svg(note),
            "closing": "Kiểm tra: nangmai verify ledger <tệp xuất> --checkpoint <tệp chứa nguyên văn mốc này>./.",
        },
    }
