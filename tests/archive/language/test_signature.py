"""What an index keeps of an article's words, to say how alike two articles are."""

from schemas.article import Article
from services.archive.catalogue.likeness import likeness_of_terms
from services.archive.language.signature import STEPS, hash_of, read_signature, signature_of, signed
from services.archive.language.terms import terms_of
from tests.factories import article

ONE = article(
    headline="Tàu cập cảng Cái Mép",
    lead="Cái Mép đón tàu lớn",
    body=f"<p>Cầu bến {'và ' * 300}Cầu cuối</p>",
)


def weights(of: Article) -> dict[str, float]:
    signature, terms = signed(of.id, terms_of(of))
    return dict(zip(terms, (signature.weights / STEPS).tolist(), strict=True))


def test_it_is_read_as_it_was_written():
    signature = signature_of(ONE.id, terms_of(ONE))
    again = read_signature(signature.to_bytes())
    assert again.article == ONE.id.bytes
    assert again.hashes.tolist() == signature.hashes.tolist()
    assert again.weights.tolist() == signature.weights.tolist()


def test_terms_hash_alike_in_every_process_and_release():
    assert hash_of("hai") == 4044210320
    assert hash_of("hai_quan") == 3255112059
    assert hash_of("quan_hai") != hash_of("hai_quan")


def test_each_term_is_spelt_beside_its_hash():
    signature, terms = signed(ONE.id, terms_of(ONE))
    assert [hash_of(term) for term in terms] == signature.hashes.tolist()


def test_headline_and_lead_count_most_and_what_stands_far_down_least():
    of = weights(ONE)
    assert of["cai_mep"] > of["tau_cap"] > of["cau_ben"] > of["cau_cuoi"] > 0


def test_an_article_without_words_has_a_signature():
    signature = signature_of(ONE.id, terms_of(article(headline="…", body="<p>—</p>")))
    assert not len(read_signature(signature.to_bytes()).hashes)


def test_the_same_words_make_a_copy():
    one, same = (signature_of(each.id, terms_of(each)) for each in (ONE, article()))
    assert likeness_of_terms(one, one) == 1
    assert likeness_of_terms(one, same) < 0.5
