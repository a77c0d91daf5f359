"""The configurations in the sources of the real Faucet, one JSON object a line: {"name": ..., "files": {...}}.

  faucet-examples.py FOLDER     FOLDER: the unpacked source distribution (scripts/python.mjs puts it into .venv)

Those of its documentation (each YAML block alone, and put into the last whole configuration of the same page), its YAML
files, and the texts in its tests that look like one. Where a text has a place for a port or an address, a number is put
there: what matters is that both parsers say the same of it.
"""

import ast
import glob
import json
import os
import re
import sys
import textwrap

import yaml

SECTION = re.compile(r"^\s*(version|include|include-optional|dps|vlans|acls|routers|meters) *:", re.M)
BLOCK = re.compile(r"^( *)\.\. code(?:-block)?:: *(?:yaml|YAML)\n((?:(?:\1 +.*)?\n)*)", re.M)
PLACE = re.compile(r"%\((\w+?)(_?\d*)\)[duxs]|%[duxs]|\{\w*\}")


def blocks(text):
    """The YAML blocks of a reStructuredText page."""
    for found in BLOCK.finditer(text):
        lines = textwrap.dedent(found.group(2)).strip("\n").split("\n")
        while lines and re.match(r":\w+:", lines[0]):
            lines.pop(0)
        yield textwrap.dedent("\n".join(lines)).strip("\n") + "\n"


def tree(text):
    """What a text means, where it is one mapping."""
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return read if isinstance(read, dict) else None


def merged(whole, part):
    """A configuration with the entries of another one in it."""
    if not isinstance(whole, dict) or not isinstance(part, dict):
        return part
    return {**whole, **{key: merged(whole.get(key), value) for key, value in part.items()}}


def homes(part):
    """Where in a configuration a fragment may belong."""
    yield part
    yield {"dps": {"sw1": part}}
    yield {"acls": part}
    yield {"vlans": part}


def documentation(folder):
    """The blocks of the pages."""
    for path in sorted(glob.glob(os.path.join(folder, "**/*.rst"), recursive=True)):
        with open(path, encoding="utf-8") as stream:
            page = stream.read()
        whole = None
        for index, text in enumerate(blocks(page)):
            name = "%s %d" % (os.path.relpath(path, folder), index + 1)
            yield name, text
            read = tree(text)
            if read is None:
                continue
            if "dps" in read and "interfaces" in json.dumps(read, default=str):
                whole = read
            elif whole:
                for place, part in enumerate(homes(read)):
                    both = yaml.safe_dump(merged(whole, part), sort_keys=False)
                    yield "%s in the configuration before it, %d" % (name, place + 1), both


def filled(text):
    """A text of a test with numbers for what the test would put into it."""
    return PLACE.sub(lambda found: (found.group(2) or "").strip("_") or "1", textwrap.dedent(text))


def switches(name, node):
    """The configuration of a class of tests whose switch stands in one text, and all else in another."""
    texts = {
        target.id: filled(one.value.value)
        for one in node.body
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    if "CONFIG" in texts and "dps:" not in texts["CONFIG"]:
        switch = "dp_id: 1\nhardware: Open vSwitch\n" + texts["CONFIG"].strip("\n")
        text = textwrap.indent("sw1:\n" + textwrap.indent(switch, "    "), "    ")
        yield name, "%s\ndps:\n%s\n" % (texts.get("CONFIG_GLOBAL", ""), text)


def sources(folder):
    """The texts in the tests."""
    for path in sorted(glob.glob(os.path.join(folder, "**/*.py"), recursive=True)):
        if "/faucet/faucet/" in path.replace(folder, "/faucet"):
            continue
        with open(path, encoding="utf-8") as stream:
            module = ast.parse(stream.read())
        inside = os.path.relpath(path, folder)
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                yield from switches("%s %s" % (inside, node.name), node)
                continue
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if "\n" not in node.value or not SECTION.search(node.value):
                continue
            text = filled(node.value)
            name = "%s:%d" % (inside, node.lineno)
            yield name, text
            # Many are only the ports of a switch, or only its ACLs, to be put together.
            read = tree(text)
            if read and "dps" not in read:
                switch = {"dp_id": 1, "hardware": "Open vSwitch", "interfaces": {n: {"native_vlan": 100} for n in (1, 2, 3, 4)}}
                yield name + " with a switch", yaml.safe_dump(merged({"dps": {"sw1": switch}}, read), sort_keys=False)


def main():
    """Prints all of them, each text once."""
    folder = sys.argv[1]
    seen = set()

    def tell(name, files):
        key = json.dumps(files)
        if key not in seen:
            seen.add(key)
            print(json.dumps({"name": name, "files": files}))

    for path in sorted(glob.glob(os.path.join(folder, "**/*.yaml"), recursive=True)):
        beside = glob.glob(os.path.join(os.path.dirname(path), "*.yaml"))
        files = {}
        for other in [path, *(one for one in beside if one != path)]:
            with open(other, encoding="utf-8") as stream:
                files[os.path.basename(other) if other != path else "faucet.yaml"] = stream.read()
        tell(os.path.relpath(path, folder), files)
    for kind in (documentation, sources):
        for name, text in kind(folder):
            tell(name, {"faucet.yaml": text})


if __name__ == "__main__":
    main()
