/** Names of countries and of languages in German: the fourth domain of `fourDomains`. Written down here, since Node's own tables change
 *  from version to version. */
export const germanNames: readonly string[] = `
Afghanistan, Ägypten, Albanien, Algerien, Andorra, Angola, Antigua und Barbuda, Äquatorialguinea, Argentinien, Armenien, Aserbaidschan,
Äthiopien, Australien, Bahamas, Bahrain, Bangladesch, Barbados, Belarus, Belgien, Belize, Benin, Bhutan, Bolivien, Bosnien und Herzegowina,
Botsuana, Brasilien, Brunei Darussalam, Bulgarien, Burkina Faso, Burundi, Cabo Verde, Chile, China, Costa Rica, Dänemark, Deutschland,
Dominica, Dominikanische Republik, Dschibuti, Ecuador, Elfenbeinküste, El Salvador, Eritrea, Estland, Eswatini, Fidschi, Finnland, Frankreich,
Gabun, Gambia, Georgien, Ghana, Grenada, Griechenland, Guatemala, Guinea, Guinea-Bissau, Guyana, Haiti, Honduras, Indien, Indonesien, Irak,
Iran, Irland, Island, Israel, Italien, Jamaika, Japan, Jemen, Jordanien, Kambodscha, Kamerun, Kanada, Kasachstan, Katar, Kenia, Kirgisistan,
Kiribati, Kolumbien, Komoren, Kongo, Kroatien, Kuba, Kuwait, Laos, Lesotho, Lettland, Libanon, Liberia, Libyen, Liechtenstein, Litauen,
Luxemburg, Madagaskar, Malawi, Malaysia, Malediven, Mali, Malta, Marokko, Marshallinseln, Mauretanien, Mauritius, Mexiko, Mikronesien, Moldau,
Monaco, Mongolei, Montenegro, Mosambik, Myanmar, Namibia, Nauru, Nepal, Neuseeland, Nicaragua, Niederlande, Niger, Nigeria, Nordkorea,
Nordmazedonien, Norwegen, Oman, Österreich, Pakistan, Palau, Panama, Papua-Neuguinea, Paraguay, Peru, Philippinen, Polen, Portugal, Ruanda,
Rumänien, Russland, Salomonen, Sambia, Samoa, San Marino, Saudi-Arabien, Schweden, Schweiz, Senegal, Serbien, Seychellen, Sierra Leone,
Simbabwe, Singapur, Slowakei, Slowenien, Somalia, Spanien, Sri Lanka, Südafrika, Sudan, Südkorea, Südsudan, Suriname, Syrien, Tadschikistan,
Tansania, Thailand, Timor-Leste, Togo, Tonga, Trinidad und Tobago, Tschad, Tschechien, Tunesien, Türkei, Turkmenistan, Tuvalu, Uganda, Ukraine,
Ungarn, Uruguay, Usbekistan, Vanuatu, Vatikanstadt, Venezuela, Vereinigte Arabische Emirate, Vereinigte Staaten, Vereinigtes Königreich,
Vietnam, Zentralafrikanische Republik, Zypern, Afrikaans, Albanisch, Altgriechisch, Amharisch, Arabisch, Aragonesisch, Armenisch,
Aserbaidschanisch, Assamesisch, Asturisch, Aymara, Baschkirisch, Baskisch, Belarussisch, Bengalisch, Birmanisch, Bosnisch, Bretonisch,
Bulgarisch, Chinesisch, Dänisch, Deutsch, Englisch, Esperanto, Estnisch, Färöisch, Finnisch, Französisch, Friesisch, Galicisch, Georgisch,
Griechisch, Grönländisch, Guaraní, Gujarati, Haitianisch, Hausa, Hawaiisch, Hebräisch, Hindi, Igbo, Indonesisch, Irisch, Isländisch,
Italienisch, Japanisch, Javanisch, Jiddisch, Kannada, Kasachisch, Kaschmirisch, Katalanisch, Khmer, Kirgisisch, Koreanisch, Kornisch,
Korsisch, Kroatisch, Kurdisch, Laotisch, Latein, Lettisch, Litauisch, Luxemburgisch, Madagassisch, Malaiisch, Malayalam, Maltesisch,
Maori, Marathi, Mazedonisch, Mittelhochdeutsch, Mongolisch, Navajo, Nepalesisch, Niederländisch, Niedersorbisch, Norwegisch, Obersorbisch,
Okzitanisch, Oromo, Ossetisch, Paschtu, Persisch, Plattdeutsch, Polnisch, Portugiesisch, Provenzalisch, Quechua, Rätoromanisch, Rumänisch,
Russisch, Samoanisch, Sanskrit, Sardisch, Schottisches Gälisch, Schwedisch, Schweizerdeutsch, Serbisch, Sindhi, Singhalesisch, Slowakisch,
Slowenisch, Somali, Spanisch, Suaheli, Sundanesisch, Tadschikisch, Tagalog, Tahitisch, Tamilisch, Tatarisch, Telugu, Thailändisch, Tibetisch,
Tschechisch, Tschetschenisch, Türkisch, Turkmenisch, Uigurisch, Ukrainisch, Ungarisch, Urdu, Usbekisch, Vietnamesisch, Walisisch, Wallonisch,
Wolof, Xhosa, Yoruba, Zulu`
  .trim()
  .split(/,\s/);
