#!/usr/bin/python3
# Subsets the fonts: build/generated/fonts/ and the embedded_fonts, icon_codes sources for the console; build/generated/web-fonts/*.woff2
# and fonts.css for the pages. Debian's own python3, because fontTools comes as a Debian package.
# Does nothing when its inputs have not changed.
import hashlib
import io
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "generated"
INTER = Path("/usr/share/fonts/opentype/inter")
MONO = Path("/usr/share/fonts/truetype/jetbrains-mono")
ICONS = ROOT / "node_modules" / "lucide-static" / "font"
ICON_LIST = ROOT / "assets" / "fonts" / "icons.txt"

# name, source, CSS family, CSS weight
FACES = [
    ("inter-regular", INTER / "Inter-Regular.otf", "Inter", 400),
    ("inter-medium", INTER / "Inter-Medium.otf", "Inter", 500),
    ("inter-semibold", INTER / "Inter-SemiBold.otf", "Inter", 600),
    ("inter-display-semibold", INTER / "InterDisplay-SemiBold.otf", "Inter Display", 600),
    ("jetbrains-mono", MONO / "JetBrainsMono-Regular.ttf", "JetBrains Mono", 400),
]
PUNCTUATION = "‐‑–—‘’‚“”„•…‰‹›€™−≈≤≥←↑→↓↵↗□"
CODE_POINTS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, PUNCTUATION)]
WEB_FEATURES = ["kern", "tnum", "case", "ccmp", "locl", "mark", "mkmk"]
DIGITS = range(ord("0"), ord("9") + 1)
NAMES_KEPT = [0, 1, 2, 4, 5, 6, 13, 14]  # 0, 13 and 14: copyright and licence, which have to stay with the font


def subset(font, code_points, features):
    options = subset_module.Options()
    options.layout_features = features
    options.name_IDs = NAMES_KEPT
    options.name_languages = [0x409]
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.drop_tables += ["DSIG"]
    subsetter = subset_module.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    subsetter.subset(font)


def centre_capitals(font):
    """Makes ascender minus descender one em, with the capitals in the middle: Dear ImGui's size is then the size of CSS."""
    em = font["head"].unitsPerEm
    cap_height = getattr(font["OS/2"], "sCapHeight", 0) or em
    ascent = round(em / 2 + cap_height / 2)
    set_vertical_metrics(font, ascent, ascent - em)


def set_vertical_metrics(font, ascent, descent):
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, -descent


def tabular_digits(font):
    """Code point of each digit to its tabular glyph, from the font's own `tnum` feature."""
    gsub = font["GSUB"].table
    wanted = {record.Feature.LookupListIndex[0] for record in gsub.FeatureList.FeatureRecord if record.FeatureTag == "tnum"}
    replaced = {}
    for index in wanted:
        for table in gsub.LookupList.Lookup[index].SubTable:
            replaced.update(getattr(table, "ExtSubTable", table).mapping)
    names = font.getBestCmap()
    return {code: replaced[names[code]] for code in DIGITS if names[code] in replaced}


def make_equally_wide(font, glyphs):
    """Bookworm's Inter Display has tabular digits of ten different widths: pads each to the widest, half on either side."""
    metrics, outlines = font["hmtx"], font.getGlyphSet()
    widest = max(metrics[glyph][0] for glyph in glyphs)
    charstrings = font["CFF "].cff.topDictIndex[0].CharStrings
    for glyph in glyphs:
        width, bearing = metrics[glyph]
        if width == widest:
            continue
        shift = (widest - width) // 2
        pen = T2CharStringPen(widest, outlines)
        outlines[glyph].draw(TransformPen(pen, (1, 0, 0, 1, shift, 0)))
        old = charstrings[glyph]
        charstrings[glyph] = pen.getCharString(private=old.private, globalSubrs=old.globalSubrs)
        metrics[glyph] = (widest, bearing + shift)


def opened(source):
    font = TTFont(source, recalcTimestamp=False)
    if "CFF " in font:
        make_equally_wide(font, tabular_digits(font).values())
    return font


def point(font, mapping):
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(mapping)


def to_bytes(font, flavor=None):
    font.flavor = flavor
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def console_face(source):
    font = opened(source)
    if "CFF " in font:  # JetBrains Mono has digits of one width anyway
        point(font, tabular_digits(font))
    subset(font, CODE_POINTS, [])
    centre_capitals(font)
    return to_bytes(font)


def web_face(source):
    font = opened(source)
    subset(font, CODE_POINTS, WEB_FEATURES)
    return to_bytes(font, "woff2")


def bullet_face():
    """A font whose asterisk is a bullet: Dear ImGui shows passwords as asterisks."""
    font = TTFont(INTER / "Inter-Regular.otf", recalcTimestamp=False)
    point(font, {ord("*"): font.getBestCmap()[ord("•")]})
    subset(font, [ord("*")], [])
    centre_capitals(font)
    return to_bytes(font)


def icon_face(names):
    codes = json.loads((ICONS / "codepoints.json").read_text())
    font = TTFont(ICONS / "lucide.ttf", recalcTimestamp=False)
    subset(font, [codes[name] for name in names], [])
    set_vertical_metrics(font, font["head"].unitsPerEm, 0)
    return to_bytes(font), {name: codes[name] for name in names}


def c_name(name):
    return name.replace("-", "_")


def embedded(fonts):
    header = ["// Made by tools/build-fonts.py.", "#pragma once", "", "#include <span>", "", "namespace embedded_fonts {", ""]
    source = ["// Made by tools/build-fonts.py.", '#include "build/generated/embedded_fonts.h"', "", "namespace embedded_fonts {", ""]
    for name, data in fonts.items():
        header.append(f"extern std::span<unsigned char const> const {c_name(name)};")
        source.append(f"static unsigned char const {c_name(name)}_bytes[] = {{")
        source += [",".join(map(str, data[at : at + 40])) + "," for at in range(0, len(data), 40)]
        source += ["};", f"std::span<unsigned char const> const {c_name(name)} = {c_name(name)}_bytes;", ""]
    return "\n".join([*header, "", "}", ""]), "\n".join([*source, "}", ""])


def icon_header(codes):
    lines = ["// Made by tools/build-fonts.py from assets/fonts/icons.txt.", "#pragma once", "", "namespace icon {", ""]
    for name, code in codes.items():
        text = "".join(f"\\x{byte:02x}" for byte in chr(code).encode())
        lines.append(f'inline constexpr char const* {c_name(name)} = "{text}";')
    return "\n".join([*lines, "", "}", ""])


def font_css():
    rules = ["/* Made by tools/build-fonts.py. */"]
    for name, _, family, weight in FACES:
        rules.append(
            f"@font-face {{\n    font-family: '{family}';\n    font-weight: {weight};\n    font-display: swap;\n"
            f"    src: url(/assets/{name}.woff2) format('woff2');\n}}"
        )
    return "\n".join(rules) + "\n"


def write_if_changed(path, data):
    data = data.encode() if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != data:
        temporary = path.with_suffix(path.suffix + f".{os.getpid()}")  # two builds may run at once
        temporary.write_bytes(data)
        temporary.rename(path)


def fingerprint():
    digest = hashlib.sha256()
    for path in [Path(__file__), ICON_LIST, ICONS / "lucide.ttf", ICONS / "codepoints.json", *(source for _, source, _, _ in FACES)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build(stamp, inputs):
    names = ICON_LIST.read_text().split()
    fonts = {name: console_face(source) for name, source, _, _ in FACES}
    fonts["bullet"] = bullet_face()
    fonts["icons"], codes = icon_face(names)
    for name, data in fonts.items():
        write_if_changed(OUT / "fonts" / f"{name}.{'otf' if data[:4] == b'OTTO' else 'ttf'}", data)
    for name, source, _, _ in FACES:
        write_if_changed(OUT / "web-fonts" / f"{name}.woff2", web_face(source))
    header, source = embedded(fonts)
    write_if_changed(OUT / "embedded_fonts.h", header)
    write_if_changed(OUT / "embedded_fonts.cpp", source)
    write_if_changed(OUT / "icon_codes.h", icon_header(codes))
    write_if_changed(OUT / "fonts.css", font_css())
    write_if_changed(stamp, inputs)


if __name__ == "__main__":
    stamp = OUT / ".fonts"
    inputs = fingerprint()
    if stamp.exists() and stamp.read_text() == inputs and (OUT / "fonts.css").exists():
        sys.exit(0)
    from fontTools import subset as subset_module
    from fontTools.pens.t2CharStringPen import T2CharStringPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont

    build(stamp, inputs)
