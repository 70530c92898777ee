"""Samples of string ops: label -> what is fetched (see recorded.py)."""

TEXTS = ["", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "0123456789", "x" * 16, "y" * 17,
         "z" * 31, "q" * 32, "r" * 33, "0123456789" * 6, "s" * 64, "t" * 65, "0123456789" * 13,
         "u" * 128, "v" * 129, "h\u00e9\u4e2d", "The quick brown fox " * 9]  # fmt: skip
LINES = ["hello world", " a  b ", "", "x,y,,z", "one"]
MATRIX = [["a", "bb"], ["ccc", ""]]

SAMPLES = {
    # Splitting.
    "split": lambda tf: tf.string_split(tf.constant(LINES)),
    "split char": lambda tf: tf.string_split(tf.constant(LINES), ","),
    "split chars": lambda tf: tf.string_split(tf.constant(LINES), " ,o"),
    "split keep": lambda tf: tf.string_split(tf.constant(LINES), " ", skip_empty=False),
    "split delimiter": lambda tf: tf.string_split(tf.constant(LINES), delimiter=","),
    "split bytes": lambda tf: tf.string_split(tf.constant(LINES), ""),
    "split bytes keep": lambda tf: tf.string_split(tf.constant(LINES), "", skip_empty=False),
    "split none": lambda tf: tf.string_split(tf.constant(["", ""])),
    "split list": lambda tf: tf.string_split(["a b", "c"]).values,
    "split matrix": lambda tf: tf.string_split(MATRIX),
    "split both": lambda tf: tf.string_split(["a"], sep=" ", delimiter=" "),
    "split v2": lambda tf: tf.strings.split(tf.constant(LINES)),
    "split v2 sep": lambda tf: tf.strings.split(tf.constant(LINES), sep=","),
    "split v2 long sep": lambda tf: tf.strings.split(tf.constant(["a<>b<>c", "<>x", ""]), "<>"),
    "split v2 max": lambda tf: tf.strings.split(tf.constant(["a b c d", " e  f g "]), maxsplit=2),
    "split v2 sep max": lambda tf: tf.strings.split(["a,b,c,d"], ",", maxsplit=1),
    "split v2 source": lambda tf: tf.strings.split(source=["a b"]),
    # Joining.
    "join": lambda tf: tf.string_join([tf.constant(["a", "b"]), tf.constant("-"), ["x", "y"]]),
    "join separator": lambda tf: tf.strings.join(["a", "b", "c"], separator="/"),
    "join of one": lambda tf: tf.strings.join([tf.constant(["a"])], "/"),
    "join unlike": lambda tf: tf.strings.join([tf.constant(["a", "b"]), tf.constant(["c"])]),
    "reduce_join": lambda tf: tf.reduce_join(tf.constant(MATRIX)),
    "reduce_join 0": lambda tf: tf.reduce_join(tf.constant(MATRIX), 0),
    "reduce_join 1": lambda tf: tf.reduce_join(tf.constant(MATRIX), 1, separator="."),
    "reduce_join -1 keep": lambda tf: tf.reduce_join(tf.constant(MATRIX), -1, keep_dims=True),
    "reduce_join keepdims": lambda tf: tf.strings.reduce_join(
        tf.constant(MATRIX), [0], keepdims=True
    ),
    "reduce_join 01": lambda tf: tf.reduce_join(tf.constant(MATRIX), [0, 1], separator="."),
    "reduce_join 10": lambda tf: tf.reduce_join(tf.constant(MATRIX), [1, 0], separator="."),
    "reduce_join none": lambda tf: tf.reduce_join(tf.constant(MATRIX), []),
    "reduce_join indices": lambda tf: tf.reduce_join(tf.constant(MATRIX), reduction_indices=0),
    "reduce_join bad": lambda tf: tf.reduce_join(tf.constant(MATRIX), 2),
    "reduce_join 3": lambda tf: tf.reduce_join(
        tf.constant([[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]]), [0, 2]
    ),
    "unsorted_segment_join": lambda tf: tf.strings.unsorted_segment_join(
        tf.constant(["a", "b", "c", "d"]), [1, 0, 1, -1], 3, "+"
    ),
    "unsorted_segment_join rows": lambda tf: tf.strings.unsorted_segment_join(
        tf.constant(MATRIX), [1, 1], 2
    ),
    # Parts and properties.
    "substr": lambda tf: tf.substr(tf.constant(["hello", "world"]), 1, 3),
    "substr many": lambda tf: tf.substr(tf.constant(["hello", "world"]), [1, -2], [9, 1]),
    "substr scalar": lambda tf: tf.strings.substr("hello", -3, 2),
    "substr matrix": lambda tf: tf.strings.substr(
        tf.constant([["ten", "twelve"], ["thirteen", "five"]]), [[0, 1], [2, 3]], 2
    ),
    "substr broadcast": lambda tf: tf.strings.substr("thirteen", [1, 5, 7], [3, 2, 1]),
    "substr end": lambda tf: tf.substr("abc", 3, 2),
    "substr bad": lambda tf: tf.substr("abc", 4, 2),
    "substr bad negative": lambda tf: tf.substr("abc", -4, 2),
    "substr shapes": lambda tf: tf.substr(["a", "b"], [0], [[1]]),
    "substr utf8": lambda tf: tf.strings.substr(
        tf.constant("\u00e9\u4e2d\u6587x"), 1, 2, unit="UTF8_CHAR"
    ),
    "substr utf8 negative": lambda tf: tf.strings.substr(
        tf.constant(["\u00e9\u4e2d\u6587x"]), [-2], [5], unit="UTF8_CHAR"
    ),
    "substr int64": lambda tf: tf.substr("abc", tf.constant(1, tf.int64), tf.constant(1, tf.int64)),
    "length": lambda tf: tf.strings.length(tf.constant(["", "abc", "\u00e9\u4e2d"])),
    "length utf8": lambda tf: tf.strings.length(
        tf.constant(["", "abc", "\u00e9\u4e2d"]), unit="UTF8_CHAR"
    ),
    "length unit": lambda tf: tf.strings.length("a", unit="WORD"),
    "strip": lambda tf: tf.string_strip(tf.constant([" a b \n", "\tx", "", "y"])),
    "lower": lambda tf: tf.strings.lower(tf.constant(["ABC d", "\u00c9"])),
    "upper": lambda tf: tf.strings.upper(tf.constant(["ABC d", "\u00e9"])),
    "lower utf8": lambda tf: tf.strings.lower(tf.constant(["ABC d", "\u00c9"]), encoding="utf-8"),
    "upper utf8": lambda tf: tf.strings.upper(tf.constant(["ABC d", "\u00e9"]), encoding="utf-8"),
    # Regular expressions.
    "regex_replace": lambda tf: tf.regex_replace(tf.constant(["a1b22", ""]), r"\d+", "#"),
    "regex_replace first": lambda tf: tf.regex_replace(
        tf.constant(["a1b22"]), r"\d", "#", replace_global=False
    ),
    "regex_replace groups": lambda tf: tf.strings.regex_replace(
        tf.constant("key=value; k=v"), r"(\w+)=(\w+)", r"\2:\1<\0>"
    ),
    "regex_replace tensor": lambda tf: tf.regex_replace(
        tf.constant("abc"), tf.constant("b"), tf.constant(r"\\")
    ),
    "regex_replace empty": lambda tf: tf.regex_replace("baac", "a*", "-"),
    "regex_replace end": lambda tf: tf.regex_replace("a\n", "a$", "-"),
    "regex_replace class": lambda tf: tf.regex_replace("a.B c1", "[[:alpha:]]", "x"),
    "regex_replace class not": lambda tf: tf.regex_replace("a.B c1", "[^[:alnum:] ]", "x"),
    "regex_replace utf8": lambda tf: tf.regex_replace("\u00e9\u4e2dx", ".", "-"),
    "regex_replace word": lambda tf: tf.regex_replace("\u00e9x y", r"\w", "-"),
    "regex_replace case": lambda tf: tf.regex_replace("aAbB", "(?i)a", "-"),
    "regex_replace punct": lambda tf: tf.regex_replace("It's [ok], no?", r"[^\w\s]", ""),
    "regex_replace dollar": lambda tf: tf.regex_replace("a$b", r"[$]", "!"),
    "regex_replace bad": lambda tf: tf.regex_replace("a", "(", ""),
    "regex_replace bad rewrite": lambda tf: tf.regex_replace("a", "a", r"\1"),
    "regex_full_match": lambda tf: tf.strings.regex_full_match(
        tf.constant(["abc", "abcd", ""]), "a.c|b*"
    ),
    "regex_full_match tensor": lambda tf: tf.strings.regex_full_match("abc", tf.constant("a.*")),
    # Numbers.
    "to_number": lambda tf: tf.string_to_number(tf.constant(["1", "-2.5", " 3e2 ", "inf", "nan"])),
    "to_number int": lambda tf: tf.string_to_number(tf.constant(["1", " -25 "]), tf.int32),
    "to_number int64": lambda tf: tf.strings.to_number("9007199254740993", tf.int64),
    "to_number double": lambda tf: tf.strings.to_number("0.1", tf.float64),
    "to_number bad": lambda tf: tf.string_to_number("1x"),
    "to_number empty": lambda tf: tf.string_to_number(""),
    "to_number float int": lambda tf: tf.string_to_number("1.5", tf.int32),
    "to_number big": lambda tf: tf.string_to_number("3000000000", tf.int32),
    "to_number hex": lambda tf: tf.string_to_number("0x10"),
    "to_number type": lambda tf: tf.string_to_number("1", tf.bool),
    "as_string int": lambda tf: tf.as_string(tf.constant([1, -20])),
    "as_string int64": lambda tf: tf.as_string(tf.constant([1 << 40], tf.int64)),
    "as_string width": lambda tf: tf.as_string(tf.constant([1, -20]), width=5),
    "as_string fill": lambda tf: tf.as_string(tf.constant([1, -20]), width=5, fill="0"),
    "as_string left": lambda tf: tf.as_string(tf.constant([1, -20]), width=5, fill="-"),
    "as_string float": lambda tf: tf.as_string(tf.constant([1.0, -2.5, 1e20, float("nan")])),
    "as_string precision": lambda tf: tf.as_string(tf.constant([3.14159]), precision=2),
    "as_string scientific": lambda tf: tf.as_string(tf.constant([3.14159]), scientific=True),
    "as_string scientific 1": lambda tf: tf.as_string(
        tf.constant([3.14159]), scientific=True, precision=1
    ),
    "as_string shortest": lambda tf: tf.as_string(tf.constant([0.1, 100.0, 1e20]), shortest=True),
    "as_string both": lambda tf: tf.as_string(tf.constant([0.1]), shortest=True, scientific=True),
    "as_string int precision": lambda tf: tf.as_string(tf.constant([1]), precision=2),
    "as_string fill long": lambda tf: tf.as_string(tf.constant([1]), fill="ab"),
    "as_string bool": lambda tf: tf.as_string(tf.constant([True, False])),
    "as_string double": lambda tf: tf.as_string(tf.constant([0.1], tf.float64), precision=20),
    "as_string complex": lambda tf: tf.as_string(tf.constant([1 + 2j])),
    "as_string string": lambda tf: tf.as_string(tf.constant(["a"])),
    # Hashes.
    "hash fast": lambda tf: tf.string_to_hash_bucket_fast(tf.constant(TEXTS), (1 << 62) - 57),
    "hash fast small": lambda tf: tf.strings.to_hash_bucket_fast(tf.constant(TEXTS), 10),
    "hash": lambda tf: tf.string_to_hash_bucket(tf.constant(TEXTS), (1 << 62) - 57),
    "hash small": lambda tf: tf.strings.to_hash_bucket(tf.constant(TEXTS), 10),
    "hash strong": lambda tf: tf.string_to_hash_bucket_strong(
        tf.constant(TEXTS), (1 << 62) - 57, [123456789, 987654321]
    ),
    "hash strong small": lambda tf: tf.strings.to_hash_bucket_strong(["a", "b"], 10, [1, 2]),
    "hash strong key": lambda tf: tf.strings.to_hash_bucket_strong(["a", "b"], 10, [1]),
    "hash zero": lambda tf: tf.string_to_hash_bucket_fast(["a"], 0),
    # Encodings.
    "encode_base64": lambda tf: tf.encode_base64(tf.constant(["", "a", "ab", "abc>?\u00e9"])),
    "encode_base64 pad": lambda tf: tf.encode_base64(tf.constant(["", "a", "ab"]), pad=True),
    "decode_base64": lambda tf: tf.decode_base64(tf.constant(["", "YQ", "YQ==", "YWI=", "Pj8_"])),
    "decode_base64 bad": lambda tf: tf.decode_base64("Y*Q"),
    "decode_base64 plus": lambda tf: tf.decode_base64("Pj8/"),
    "decode_base64 length": lambda tf: tf.decode_base64("YQabc"),
    "decode_raw": lambda tf: tf.decode_raw(tf.constant(["abcd", "efgh"]), tf.uint8),
    "decode_raw int16": lambda tf: tf.decode_raw("abcd", tf.int16),
    "decode_raw big": lambda tf: tf.decode_raw("abcd", tf.int16, little_endian=False),
    "decode_raw float": lambda tf: tf.decode_raw(tf.constant([b"\0\0\x80?\0\0\0@"]), tf.float32),
    "decode_raw bytes": lambda tf: tf.decode_raw(bytes="ab", out_type=tf.uint8),
    "decode_raw bool": lambda tf: tf.decode_raw(b"\0\1", tf.bool),
    "decode_raw unlike": lambda tf: tf.decode_raw(tf.constant(["abcd", "ef"]), tf.uint8),
    "decode_raw size": lambda tf: tf.decode_raw("abc", tf.int16),
    "decode_raw none": lambda tf: tf.decode_raw(tf.constant([], tf.string), tf.uint8),
    # Unicode.
    "unicode_transcode": lambda tf: tf.strings.unicode_transcode(
        tf.constant(["h\u00e9", "x"]), "UTF-8", "UTF-16-BE"
    ),
    "unicode_transcode replace": lambda tf: tf.strings.unicode_transcode(
        tf.constant([b"a\xffb"]), "UTF-8", "UTF-8", replacement_char=ord("?")
    ),
    "unicode_transcode ignore": lambda tf: tf.strings.unicode_transcode(
        tf.constant([b"a\xffb"]), "UTF-8", "UTF-8", errors="ignore"
    ),
    "unicode_transcode strict": lambda tf: tf.strings.unicode_transcode(
        tf.constant([b"a\xffb"]), "UTF-8", "UTF-8", errors="strict"
    ),
    "unicode_transcode control": lambda tf: tf.strings.unicode_transcode(
        tf.constant(["a\x01b"]), "UTF-8", "UTF-8", replace_control_characters=True
    ),
    "unicode_transcode latin": lambda tf: tf.strings.unicode_transcode(
        tf.constant([b"\xe9"]), "ISO-8859-1", "UTF-8"
    ),
    "unicode_decode": lambda tf: tf.strings.unicode_decode("h\u00e9\u4e2d", "UTF-8"),
    "unicode_decode offsets": lambda tf: tf.strings.unicode_decode_with_offsets(
        "h\u00e9\u4e2d", "UTF-8"
    ),
    "unicode_split": lambda tf: tf.strings.unicode_split("h\u00e9\u4e2d", "UTF-8"),
    "unicode_split offsets": lambda tf: tf.strings.unicode_split_with_offsets(
        "h\u00e9\u4e2d", "UTF-8"
    ),
    "unicode_encode": lambda tf: tf.strings.unicode_encode([104, 233, 20013], "UTF-8"),
    "unicode_encode rows": lambda tf: tf.strings.unicode_encode(
        tf.constant([[104, 233], [97, 98]]), "UTF-16-BE"
    ),
    "bytes_split": lambda tf: tf.strings.bytes_split("abc"),
    # Formatting and n-grams.
    "format": lambda tf: tf.strings.format("x: {}, y: {}", (tf.constant([1, 2]), tf.constant(2.5))),
    "format one": lambda tf: tf.strings.format("<{}>", tf.constant([[1, 2], [3, 4]])),
    "format long": lambda tf: tf.strings.format("{}", tf.range(20)),
    "format summarize": lambda tf: tf.strings.format("{}", tf.range(20), summarize=1),
    "format all": lambda tf: tf.strings.format("{}", tf.range(8), summarize=-1),
    "format text": lambda tf: tf.strings.format("%s!", tf.constant(["a", "b"]), placeholder="%s"),
    "format bool": lambda tf: tf.strings.format("{}", tf.constant([True, False])),
    "format floats": lambda tf: tf.strings.format("{}", tf.constant([1.0, 0.1, 1e-9, 1e20])),
    "format count": lambda tf: tf.strings.format("{} {}", tf.constant(1)),
    "ngrams": lambda tf: tf.strings.ngrams(tf.constant(["a", "b", "c", "d"]), 2),
    "ngrams several": lambda tf: tf.strings.ngrams(tf.constant(["a", "b", "c", "d"]), [1, 3], "-"),
    "ngrams rows": lambda tf: tf.strings.ngrams(tf.constant([["a", "b"], ["c", "d"]]), 2, "+"),
    "ngrams pad": lambda tf: tf.strings.ngrams(
        tf.constant(["a", "b"]), 2, pad_values=("<s>", "</s>")
    ),
    "ngrams pad width": lambda tf: tf.strings.ngrams(
        tf.constant(["a", "b"]), 3, pad_values="_", padding_width=1
    ),
    "ngrams short": lambda tf: tf.strings.ngrams(
        tf.constant(["a", "b"]), 5, preserve_short_sequences=True
    ),
    "ngrams too short": lambda tf: tf.strings.ngrams(tf.constant(["a", "b"]), 5),
}
