"""What a browser shows goes out compressed, once; what systems read goes out as it is."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from registry.config.compressing import CompressedPages

SHEET = "/static/unfold/css/styles.css"
ACCEPTS = {"accept-encoding": "gzip, deflate, br"}


def through(path: str, kind: str, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """A long answer of that kind at that address, as it leaves."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("同一行" * 1000, content_type=kind, status=status, headers=headers)

    answer = CompressedPages(view)(RequestFactory(headers=ACCEPTS).get(path))
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.django_db
def test_a_page_is_compressed_for_a_browser_that_takes_it_and_for_no_other() -> None:
    small = Client(headers=ACCEPTS).get("/account/login/")
    plain = Client().get("/account/login/")
    assert (small["Content-Encoding"], "Content-Encoding" in plain) == ("gzip", False)
    assert "Accept-Encoding" in small["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    assert b"</html>" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content)


@pytest.mark.parametrize("path", ["/api/v1/docs/", "/fhir/metadata", "/registers/letters"])
@pytest.mark.parametrize("kind", ["application/json", "text/html; charset=utf-8"])
def test_answers_to_systems_keep_their_bytes_and_their_strong_tags(path: str, kind: str) -> None:
    answer = through(path, kind, headers={"ETag": '"7"'})
    assert answer["ETag"] == '"7"'
    assert not answer.has_header("Content-Encoding")
    assert not answer.has_header("Vary")
    assert answer.content.decode() == "同一行" * 1000


@pytest.mark.parametrize("kind", ["font/woff2", "image/png", "application/pdf", "text/csv", "application/octet-stream"])
def test_files_that_are_handed_out_keep_their_bytes(kind: str) -> None:
    assert not through("/my/notices/1/print/", kind).has_header("Content-Encoding")


def test_a_part_of_a_file_is_never_compressed() -> None:
    assert not through(SHEET, "text/css", status=206).has_header("Content-Encoding")


def test_what_is_compressed_on_the_disk_is_not_compressed_again() -> None:
    assert through(SHEET, "text/css", headers={"Content-Encoding": "br"}).content.decode() == "同一行" * 1000


def test_a_style_sheet_comes_compressed_once_and_not_again_when_it_is_known() -> None:
    client = Client(headers=ACCEPTS)
    sheet = client.get(SHEET)
    body = b"".join(sheet.streaming_content)  # type: ignore[attr-defined]
    assert sheet["Content-Encoding"] == "gzip"
    assert b"--color-base-50" in gzip.decompress(body)
    known = client.get(SHEET, headers={"if-none-match": sheet["ETag"]})
    assert (sheet["ETag"][:2], known.status_code) == ("W/", 304)
