"""Papers that people hand in: small PDF files that say that they belong to a demonstration."""

from datetime import datetime

from registry.actions.files import keep_file
from registry.models import StoredFile, User

_WORDS = "Demonstration: this page stands for"


def paper(name: str, *, says: str, by: User | None, now: datetime) -> StoredFile:
    """Keep a file of that name; `says` are Latin letters, so that the page needs no font of its own."""
    return keep_file(name=name, content=_page(f"{_WORDS} {says}"), by=by, now=now)


def _page(text: str) -> bytes:
    """One page with one line of text, as PDF 1.4."""
    stream = f"BT /F1 12 Tf 56 780 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 %s >> >> >>"
        % b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + head + tail
