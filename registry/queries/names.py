"""When two ways of writing a name are the same name."""

import unicodedata

MIDDLE_DOT = "·"
_DOTS = dict.fromkeys(map(ord, "•・‧∙⋅●⸱"), MIDDLE_DOT)
_INVISIBLE = {"Cf", "Zs", "Zl", "Zp"}


def normalised_name(name: str) -> str:
    """The name as it is compared: full-width forms made plain, no spaces, one kind of dot between parts of a name.

    张　伟 is 张伟, and 阿依古丽•买买提 is 阿依古丽·买买提. Letters keep their case, characters their variant.
    """
    plain = unicodedata.normalize("NFKC", name).translate(_DOTS)
    return "".join(character for character in plain if unicodedata.category(character) not in _INVISIBLE)
