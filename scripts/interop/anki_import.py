"""The package of `npm run anki`, imported by Anki's own library: anki_import.py FILE. Needs `pip install anki`."""

import os
import sys
import tempfile

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest


def main(path):
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection(os.path.join(folder, "collection.anki2"))
        try:
            request = ImportAnkiPackageRequest(package_path=path, options=ImportAnkiPackageOptions())
            log = collection.import_anki_package(request).log
            decks = [deck.name for deck in collection.decks.all_names_and_ids() if "Twinformer" in deck.name]
            cards = collection.find_cards('deck:"Twinformer interview"')
            card = collection.get_card(cards[0])
            shown = card.question(), card.answer()
            again = collection.import_anki_package(request).log
        finally:
            collection.close()
    assert len(log.new) == len(cards) > 0, (len(log.new), len(cards))
    assert len(again.new) == 0, "a second import must add nothing"
    assert len(decks) == 4, decks
    assert "Often heard, and wrong" in shown[1] and "{{" not in "".join(shown), shown
    print(f"Anki imported {len(cards)} cards in {len(decks)} decks; a second import added none")


if __name__ == "__main__":
    main(sys.argv[1])
