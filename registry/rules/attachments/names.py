"""The name under which a file is kept and handed out: the person's own words, and nothing that misleads."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
"""Characters of a name, its extension included."""

_UNNAMED = "file"
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"\.(?:pdf|ofd|jpe?g|jfif|png|webp|tiff?|gif|bmp|hei[cf]|svgz?|do[ct][xm]?|xl[st][xmb]?|p[po][tsa][xm]?|od[tspgf]"
    r"|rtf|wps|et|dps|txt|csv|md|log|html?|xhtml|mht|mhtml|xml|js|mjs|jse|vbs?|vbe|wsf|hta|exe|com|scr|bat|cmd|ps1|sh"
    r"|msi|dll|jar|apk|app|dmg|iso|lnk|url|reg|py|php|zip|rar|7z|tar|t?gz|eml|msg|mp[34]|mov|avi|wav|m4a)$",
    re.IGNORECASE,
)


def safe_name(name: str, extension: str) -> str:
    """The name without folders and without characters that cannot be seen or stored, with the content's extension.

    At most 120 characters. A known extension of another type is replaced, an unknown one is taken for a part of the
    name (2025.3.10说明); 'file' where no name is left. Doing it again changes nothing.
    """
    stem = _unreserved(_visible(name.replace("\\", "/").rpartition("/")[2]).strip(" ."))
    stem = _without_extensions(stem[: LONGEST - len(extension) - 1]) or _UNNAMED
    return f"{stem}.{extension}"


def _visible(name: str) -> str:
    kept = unicodedata.normalize("NFC", "".join(map(_plain, name)))
    return " ".join(_FORBIDDEN.sub("_", kept).split())


def _plain(character: str) -> str:
    """Spaces of all kinds become one; controls, marks of direction and the like, halves of characters vanish."""
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\n\r":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Cn") else character


def _unreserved(name: str) -> str:
    """Some systems keep the names of devices for themselves, whatever the extension."""
    return f"_{name}" if _RESERVED.match(name) else name


def _without_extensions(name: str) -> str:
    stem = name.rstrip(" .")
    while (shorter := _EXTENSION.sub("", stem).rstrip(" .")) != stem:
        stem = shorter
    return stem
