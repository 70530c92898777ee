"""`HParams`: hyperparameters that keep their types."""

from __future__ import annotations

import json
import numbers
import re
from typing import Any, NoReturn

_CLAUSE = re.compile(
    r"\s*(?P<name>[a-zA-Z][\w.]*)\s*(\[\s*(?P<index>\d+)\s*\])?\s*=\s*"
    r"((?P<value>[^,\[]*)|\[(?P<values>[^\]]*)\])($|,\s*)"
)


def _parsed(name: str, kind: Any, text: str, clause: str) -> Any:
    """A text as a value of a type."""
    if kind is type(None):
        raise TypeError(
            f"Hyperparameter {name} was given as None, so its type is not known: set it with "
            "set_hparam."
        )
    try:
        if kind is bool:
            if text in ("true", "True"):
                return True
            return False if text in ("false", "False") else bool(int(text))
        return kind(text)
    except ValueError:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in "
            f"{clause}"
        ) from None


def parse_values(values: str, type_map: dict, ignore_unknown: bool = False) -> dict[str, Any]:
    """ "a=1,b=[2,3],c[0]=4" as {"a": 1, "b": [2, 3], "c": {0: 4}}.

    `type_map` has the types of the values, of a list that of its items; a name that is not in it
    is a ValueError, or left out with `ignore_unknown`.
    """
    found: dict[str, Any] = {}
    place = 0
    while place < len(values):
        match = _CLAUSE.match(values, place)
        if match is None:
            raise ValueError(f"Malformed hyperparameter value: {values[place:]}")
        place = match.end()
        name, clause = match["name"], match[0]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        kind = type_map[name]
        if match["values"] is not None:
            if match["index"] is not None:
                raise ValueError(f"Assignment of a list to a list index: {clause}")
            new: Any = [
                _parsed(name, kind, text, clause)
                for text in filter(None, re.split("[ ,]", match["values"]))
            ]
        else:
            new = _parsed(name, kind, match["value"], clause)
        if match["index"] is not None:
            item = found.setdefault(name, {})
            if not isinstance(item, dict) or int(match["index"]) in item:
                raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
            item[int(match["index"])] = new
        elif name in found:
            raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
        else:
            found[name] = new
    return found


def _cast(name: str, kind: Any, value: Any) -> Any:
    """The value in a parameter's type; ValueError where something would be lost."""
    wrong = ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    if kind is type(None) or (isinstance(value, kind) and type(value) is kind):
        return value
    if issubclass(kind, str | bytes) != isinstance(value, str | bytes):
        raise wrong
    if issubclass(kind, bool) != isinstance(value, bool):
        raise wrong
    if issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral):
        raise wrong
    if issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number):
        raise wrong
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise wrong from None


class HParams:
    """Hyperparameters as attributes; each keeps the type that it began with.

    >>> hparams = HParams(learning_rate=0.1, layers=[16, 16])
    >>> hparams.parse("learning_rate=1,layers=[8,4]").values()
    {'learning_rate': 1.0, 'layers': [8, 4]}
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        self._hparam_types: dict[str, tuple[Any, bool]] = {}
        self._model_structure = model_structure
        if hparam_def is not None:
            _no_proto()
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """A new one. A list has the type of its first item, so it must have one."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, list | tuple):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._hparam_types[name] = (type(value[0]), True)
        else:
            self._hparam_types[name] = (type(value), False)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Another value for a known one, in its type; ValueError if it does not fit."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(name, kind, item) for item in value])
            return
        if is_list:
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Forget one; nothing happens if there is none of the name."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Set what a text says: "learning_rate=0.1,layers=[8,4]". Returns this object."""
        types = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, types))

    def override_from_dict(self, values_dict: dict) -> HParams:
        """Set the known ones that the dictionary has. Returns this object."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map: dict) -> HParams:
        """The old name of `override_from_dict`."""
        return self.override_from_dict(values_map)

    def parse_json(self, values_json: str) -> HParams:
        """Set what a JSON text says. Returns this object."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(
        self, indent: int | None = None, separators: Any = None, sort_keys: bool = False
    ) -> str:
        """The values as JSON. Functions cannot be in it."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self) -> dict[str, Any]:
        """The values by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or `default`, which must be of the same type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            shown = f"list<{kind}>" if is_list else str(kind)
            text = f"Hparam '{key}' of type '{shown}' is incompatible with default={default}"
            if is_list != isinstance(default, list):
                raise ValueError(text)
            try:
                for item in default if is_list else [default]:
                    _cast(key, kind, item)
            except ValueError as error:
                raise ValueError(f"{text}. {error}") from None
        return getattr(self, key)

    def __contains__(self, key: object) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"HParams({sorted(self.values().items())})"

    def get_model_structure(self) -> Any:
        """What was set."""
        return self._model_structure

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep something with the hyperparameters."""
        self._model_structure = model_structure

    def to_proto(self, export_scope: str | None = None) -> NoReturn:
        """Raises NotImplementedError: use to_json."""
        _no_proto()

    @staticmethod
    def from_proto(hparam_def: Any, import_scope: str | None = None) -> NoReturn:
        """Raises NotImplementedError: use parse_json."""
        _no_proto()


def _no_proto() -> NoReturn:
    raise NotImplementedError(
        "tf.contrib.training.HParams: hyperparameters are not written as protocol buffers here. "
        "Use to_json() and parse_json()."
    )
