"""Which engine the settings ask for."""

from services.archive.cluster.engine import ClusterEngine
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine
from services.archive.settings import ArchiveSettings


def engine_of(settings: ArchiveSettings) -> Engine:
    """Open the index in this process, or make ready to call the cluster."""
    if settings.search_urls:
        return ClusterEngine(settings.search_urls, settings.search_index, settings.search_ca)
    return EmbeddedEngine(settings.index_folder)
