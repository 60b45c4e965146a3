"""Pictures of a finished paper, for screens that cannot show a PDF inside a page. Drawn from the stored file itself.

The painter behind Typst's PDF images leaves out form fields, so what the signatures look like is laid into the page
first, in a copy that is thrown away.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from nangmai.web.documents.typesetting import picture_of_page


def picture(pdf: bytes, page: int) -> bytes:
    """One page (from 1) as PNG, with its signatures."""
    with tempfile.TemporaryDirectory(prefix="nangmai-preview-") as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(_with_signatures_drawn(pdf))
        return picture_of_page(path, page)


def _with_signatures_drawn(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pages = [writer.prev.find_page_for_modification(at)[0].reference for at in range(_page_count(writer))]
    for at, (_name, value, reference) in enumerate(enumerate_sig_fields(writer.prev)):
        if value is None:
            continue
        widget = reference.get_object()
        left, bottom, _right, _top = (float(edge) for edge in widget["/Rect"])
        drawn = generic.StreamObject(stream_data=f"q 1 0 0 1 {left} {bottom} cm /Signature{at} Do Q".encode())
        appearance = generic.DictionaryObject(
            {generic.pdf_name(f"/Signature{at}"): widget["/AP"].raw_get("/N")},
        )
        resources = generic.DictionaryObject({generic.pdf_name("/XObject"): appearance})
        on = pages.index(widget.raw_get("/P").reference)
        writer.add_stream_to_page(on, writer.add_object(drawn), resources=resources)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _page_count(writer: IncrementalPdfFileWriter) -> int:
    return int(writer.prev.root["/Pages"]["/Count"])
