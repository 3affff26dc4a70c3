"""Sounds that ffmpeg makes, and what else it does for tests."""

import asyncio

# Sound that comes and goes as speech does, of 5 s.
SPEECH = (
    "anoisesrc=duration=5:color=pink:sample_rate=44100:amplitude=0.3:seed=1,"
    "lowpass=f=3000,tremolo=f=4:d=0.9"
)


async def run(ffmpeg: str, *arguments: str, source: bytes = b"") -> tuple[bytes, str]:
    """Let ffmpeg do something; return what it writes, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-hide_banner", "-nostats", *arguments, "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    content, said = await process.communicate(source)
    assert process.returncode == 0, said
    return content, said.decode()


async def sound(ffmpeg: str, source: str, filters: str = "anull") -> bytes:
    """Return a WAV file of some sound."""
    content, _ = await run(
        ffmpeg, *("-f", "lavfi", "-i", source, "-af", filters, "-f", "wav")
    )
    return content
