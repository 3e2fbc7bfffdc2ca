"""The words with which programs and people close a table: totals, remarks, page numbers."""

import re
import unicodedata
from functools import cache

# Words that hardly stand for anything else.
_CERTAIN_WORDS = """
    total totals grandtotal subtotal subtotals runningtotal totalsum overalltotal totalamount
    totalrow totalrows totalrecords totalcount totalresult grandsum overall
    gesamt gesamtsumme gesamtergebnis gesamtwert summe zwischensumme insgesamt endsumme
    totalgeneral totalgenerale totalgeral totaux soustotal sommetotale
    subtotale totale totais totales totaal eindtotaal subtotaal totalt yhteensa
    sumatotal razem lacznie celkem toplam geneltoplam итого всего сумма
    average avg averages median mittelwert durchschnitt moyenne promedio mediana gemiddelde
    medelvarde srednia среднее std stdev stddev standarddeviation variance
    합계 총계 총합 총합계 소계 중계 누계 총액 합산 전체합계 전체계
    총평균 평균 평균값 중앙값 표준편차
    合計 総計 总计 總計 合计 小計 小计 总和 平均 平均值 均值
"""
# Words that may also be a name, a class or a mark.
_UNCERTAIN_WORDS = """
    sum somme suma soma som somma summa mean mittel media snitt all alle tous todos
    count counts anzahl nombre numero min max minimum maximum
    계 합 전체 총 최대 최소 최댓값 최솟값 건수 개수
"""
CERTAIN_TOTALS = frozenset(_CERTAIN_WORDS.split())
TOTALS = CERTAIN_TOTALS | frozenset(_UNCERTAIN_WORDS.split())
_BEGIN_A_TOTAL = re.compile(
    r"(grand|sub|overall|running)?totals?\b|(sum|average|mean|count|number) of\b"
    r"|(gesamt|zwischen)?summe\b|gesamt\b|sous total\b"
)
_KOREAN_TOTAL = re.compile(r"[가-힣\s\d]{0,12}(합계|총계|소계|누계|평균)")

_DATE_WORDS = "exported|generated|created|printed|downloaded|produced|extracted|retrieved|updated"
_UNITS = "(rows?|records?|lines?|entries|items|cases|zeilen|datensätze|lignes|filas|registros)"
_FOOTER = (
    r"(page|seite|página|pagina|페이지|쪽)\s*[:.]?\s*-?\d+"
    r"|-?\d+\s*(/|of)\s*\d+\s*(pages?|페이지|쪽)"
    r"|(data\s*)?(sources?|quellen?|fuente|fonte|bron|출처|자료|자료원|자료출처|出典|来源)\s*[:：]"
    r"|(foot)?notes?\s*[:：]|(anmerkung|hinweis|nota|remarques?|주석?|비고|단위)\s*[:：)]|※"
    rf"|(report|file|data|table|list)?\s*({_DATE_WORDS})\s+(by|on|from|at|in|with)\b"
    r"|(last|date|report)\s+(updated?|refreshed|modified|generated|exported|run|date)\b"
    r"|(data\s+)?as\s+of\s+\S|run\s+date\b|(exportiert|erstellt|gedruckt)\s+(am|von)\b"
    r"|(작성|출력|생성|기준|조회|다운로드)\s*(일|일자|일시|시각|자)?\s*[:：]"
    rf"|(total|sum|query\s+ok,?)?\s*\d[\d,. ]*\s*{_UNITS}\b"
    rf"|(total\s+|number\s+of\s+)?({_UNITS}|count)(\s+(count|total))?\s*[:=]\s*\d"
    r"|(총|전체)?\s*\d[\d,]*\s*(건|행|개\s*행)\b"
    r"|(the\s+)?end\s+of\s+(the\s+)?(report|file|data|list|table|document|export|query|page|results?)"
    r"|(ende|fin|fine)\s+(der|des|del|de|du|dell?a?)\b|eof\b|end$|이하\s*여백|끝$"
    r"|copyright\b|©|all\s+rights\s+reserved|confidential\b|disclaimer\b|legend\s*:"
    r"|(applied|active)?\s*filters?(\s+applied)?\s*[:：]|powered\s+by\b"
)
_DECORATION = " \t\n\r*#-–—=_<>[](){}•\"'"


def folded(text: str) -> str:
    """The letters of a text alone, without accents, case and what stands in brackets."""
    plain = re.sub(r"\([^)]*\)|\[[^]]*\]", "", text)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(filter(str.isalpha, unicodedata.normalize("NFC", bare).casefold()))


def begins_a_total(text: str) -> bool:
    """Whether a text begins as the label of a total does, as in “Total 2024” or “Sum of prices”."""
    plain = " ".join(re.findall(r"\w+", text.casefold()))
    return bool(
        folded(text) in TOTALS or _BEGIN_A_TOTAL.match(plain) or _KOREAN_TOTAL.fullmatch(plain)
    )


def closes_a_table(text: str) -> bool:
    """Whether a text is what programs and people write below a table."""
    return _footer().match(text.strip(_DECORATION)) is not None


@cache
def _footer() -> re.Pattern[str]:
    # It takes long to compile, and hardly a file has a row that may be one.
    return re.compile(_FOOTER, re.IGNORECASE)


def is_phrase(text: str) -> bool:
    """Whether a text is more than one word, and no date or number."""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    return len(words) > 1 or (bool(words) and ":" in text)
