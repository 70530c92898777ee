"""Samples of the ops on sound; recorded_audio.json has TensorFlow's outcomes."""

import struct

import numpy as np

SAMPLES = {}  # of one channel: TensorFlow 1.15.5 confuses several


def wav(channels, bits, data, form=1, extra=b"", rate=8000):
    """A WAV file."""
    size = channels * bits // 8
    head = struct.pack("<IHHIIHH", 16, form, channels, rate, rate * size, size, bits)
    body = b"WAVEfmt " + head + extra + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


PULSES = (np.arange(-8, 8) * 3000).astype("<i2").tobytes()
MONO, STEREO = wav(1, 16, PULSES), wav(2, 16, PULSES, rate=44100)
SOUND = np.stack([np.sin(np.arange(400) * 0.3), np.cos(np.arange(400) ** 2 * 1e-3)], 1).astype("f")
FILES = {
    "mono": MONO,
    "stereo": STEREO,
    "8 bits": wav(1, 8, b"\x00\x80\xff"),
    "24 bits": wav(1, 24, b"abcdef"),
    "floats": wav(1, 32, b"\x00" * 12, 3),
    "other chunk": wav(1, 16, PULSES, extra=b"LIST" + struct.pack("<I", 4) + b"abcd"),
    "no samples": wav(1, 16, b""),
    "text": b"hello",
    "nothing": b"",
    "cut": MONO[:60],
    "cut head": MONO[:30],
}
for name, data in FILES.items():
    SAMPLES[f"decode {name}"] = lambda tf, data=data: tuple(tf.audio.decode_wav(tf.constant(data)))
for name, data in (("mono", MONO), ("stereo", STEREO)):
    for channels in (1, 2, 3):
        SAMPLES[f"decode {name} as {channels}"] = lambda tf, data=data, n=channels: tuple(
            tf.audio.decode_wav(tf.constant(data), desired_channels=n)
        )
    for samples in (4, 20):
        SAMPLES[f"decode {samples} of {name}"] = lambda tf, data=data, n=samples: tuple(
            tf.audio.decode_wav(tf.constant(data), desired_samples=n)
        )


def encoded(audio, rate=8000):
    return lambda tf: tf.audio.encode_wav(tf.convert_to_tensor(np.array(audio, "f")), rate)


SAMPLES.update(
    {
        "encode": encoded([[0], [0.5], [-1], [1.5], [-3], [0.99999], [1e-5], [2e-5], [-0.3]]),
        "encode two": encoded(SOUND[:5], 44100),
        "encode a vector": encoded([0.0, 1.0]),
        "encode nothing": encoded(np.zeros([0, 1])),
    }
)


def spectrogram(tf, sound=SOUND[:, :1], **more):
    return tf.raw_ops.AudioSpectrogram(input=tf.constant(sound), **more)


for size, step in ((64, 32), (100, 50), (33, 70), (500, 10), (1, 10)):
    for squared in (False, True):
        SAMPLES[f"spectrogram {size} {step} {squared}"] = (
            lambda tf, size=size, step=step, squared=(squared): spectrogram(
                tf, window_size=size, stride=step, magnitude_squared=squared
            )
        )


def coefficients(rate=8000, **more):
    def build(tf):
        squares = spectrogram(tf, window_size=100, stride=50, magnitude_squared=True)
        return tf.raw_ops.Mfcc(spectrogram=squares, sample_rate=rate, **more)

    return build


SAMPLES.update(
    {
        "mfcc": coefficients(),
        "mfcc few": coefficients(
            dct_coefficient_count=5,
            filterbank_channel_count=10,
            upper_frequency_limit=3000,
            lower_frequency_limit=100,
        ),
        "mfcc fast": coefficients(16000, upper_frequency_limit=7000),
        "mfcc limits": coefficients(upper_frequency_limit=100, lower_frequency_limit=1000),
        "mfcc of a matrix": lambda tf: tf.raw_ops.Mfcc(
            spectrogram=np.zeros([3, 4], "f"), sample_rate=8000
        ),
    }
)
