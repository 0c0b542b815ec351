"""Small PDF, Word, e-mail and feed files made byte by byte for the tests."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

TEXT = (
    "Russian troops arrived in Belarus for exercises on Jan. 17, the Belarusian defence ministry said. "
    "Russia may attack Ukraine from Belarus, officials in Kyiv warned. Ukraine said that 30,000 Russian troops are "
    "near its border. The Kremlin denied that it plans to attack Ukraine. The United States warned that severe "
    "sanctions would follow an invasion."
)


def pdf(lines: list[str], *, title: str = "", encrypted: bool = False) -> bytes:
    """A one-page PDF with these lines of text."""
    show = "\n".join(f"({line.replace('(', '').replace(')', '')}) Tj T*" for line in lines)
    stream = f"BT /F1 11 Tf 72 720 Td 14 TL\n{show}\nET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) /CreationDate (D:20220118090000Z) >>".encode(),
        b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    lock = b"/Encrypt 7 0 R /ID [<41> <41>] " if encrypted else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, lock, start,
    )  # fmt: skip
    return bytes(out)


def docx(paragraphs: list[str], *, title: str = "", head: str = "", declared: int | None = None) -> bytes:
    """A Word document; ``head`` goes before its main part, ``declared`` pads that part to so many bytes."""
    ns = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    main = f'{head}<w:document xmlns:w="{ns}"><w:body>{body}</w:body></w:document>'.encode()
    if declared is not None:
        main = main.replace(b"</w:body>", b" " * (declared - len(main)) + b"</w:body>")
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{title}</dc:title><dc:creator>Ann Example</dc:creator>"
        "<dcterms:modified>2022-01-19T10:00:00Z</dcterms:modified></cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", main)
        archive.writestr("docProps/core.xml", core)
    return out.getvalue()


def mail(text: str, *, html: str = "", files: dict[str, bytes] | None = None, subject: str = "Report") -> bytes:
    """A message of 18 January 2022 with attachments."""
    message = EmailMessage()
    message["From"] = "Desk Officer <desk@example.org>"
    message["To"] = "list@example.org"
    message["Subject"] = subject
    message["Date"] = "Tue, 18 Jan 2022 09:30:00 +0000"
    message["Message-ID"] = "<1@example.org>"
    if text:
        message.set_content(text)
    if html:
        if text:
            message.add_alternative(html, subtype="html")
        else:
            message.set_content(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def rss(items: list[tuple[str, str, str, str]], title: str = "Example Wire") -> bytes:
    """An RSS feed of (title, address, RFC 822 date, text)."""
    from xml.sax.saxutils import escape

    body = "".join(
        f"<item><title>{escape(t)}</title><link>{escape(u)}</link><pubDate>{d}</pubDate>"
        f"<description>{escape(x)}</description></item>"
        for t, u, d, x in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'.encode()


def atom(items: list[tuple[str, str, str, str]], title: str = "Example Wire") -> bytes:
    """An Atom feed of (title, address, RFC 3339 date, text)."""
    from xml.sax.saxutils import escape

    body = "".join(
        f'<entry><title>{escape(t)}</title><link rel="alternate" href="{escape(u)}"/><published>{d}</published>'
        f'<author><name>A. Writer</name></author><content type="html">{escape(x)}</content></entry>'
        for t, u, d, x in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>{body}</feed>'.encode()
