#include "shared/domain/opt_out_words.h"
#include "shared/base/text.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace {

// --- words ---

using Words = std::vector<std::string>;

// Letters in lower case without their accents; everything else parts words, an apostrophe within a word too.
char letter_of(char32_t point)
{
    if (point < 0x80) {
        auto const c = static_cast<char>(point);
        if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : ' ';
    }
    constexpr std::u32string_view accented = U"àâäáéèêëîïíôöóùûüúçñÀÂÄÁÉÈÊËÎÏÍÔÖÓÙÛÜÚÇÑ";
    constexpr std::string_view plain = "aaaaeeeeiiiooouuuucnaaaaeeeeiiiooouuuucn";
    auto const at = accented.find(point);
    return at == std::u32string_view::npos ? ' ' : plain[at];
}

bool is_apostrophe(char32_t point)
{
    return point == '\'' || point == U'’' || point == U'ʼ' || point == U'‘' || point == '`';
}

// Sentences of words. "don't" is "dont" and "m'envoyez" is "m envoyez": English joins, French parts.
std::vector<Words> sentences_of(std::string_view body)
{
    std::vector<Words> sentences(1);
    std::string word;
    auto const end_word = [&] {
        if (!word.empty()) sentences.back().push_back(std::move(word));
        word.clear();
    };
    for (std::size_t position = 0; position < body.size();) {
        auto const point = next_code_point(body, position);
        if (!point) {
            ++position;
            continue;
        }
        bool const combining = *point >= 0x300 && *point < 0x370; // an accent written apart from its letter
        bool const joins = is_apostrophe(*point) && word.size() > 1;
        if (combining || joins) continue;
        if (auto const letter = letter_of(*point); letter != ' ') {
            word += letter;
            continue;
        }
        end_word();
        bool const ends_sentence = *point == '.' || *point == '!' || *point == '?' || *point == ';' || *point == '\n';
        if (ends_sentence && !sentences.back().empty()) sentences.emplace_back();
    }
    end_word();
    if (sentences.back().empty()) sentences.pop_back();
    return sentences;
}

// --- patterns ---

// Words to be found one after another: "a|b" is either, "?a|b" may be absent, "$" is the sentence's end, a first "^" its beginning
// (courtesy aside).
struct Pattern {
    std::string_view slots;
};

constexpr std::string_view courtesy
    = "please|pls|plz|kindly|thanks|thank|you|thx|ty|hi|hello|hey|ok|okay|now|just|immediately|already|svp|stp|merci|bonjour|salut|s|il|"
      "vous|te|plait|maintenant|tout|de|suite|immediatement";

bool is_one_of(std::string_view alternatives, std::string_view word)
{
    while (!alternatives.empty()) {
        auto const bar = std::min(alternatives.find('|'), alternatives.size());
        if (alternatives.substr(0, bar) == word) return true;
        alternatives.remove_prefix(std::min(bar + 1, alternatives.size()));
    }
    return false;
}

bool matches_here(std::string_view slots, std::span<std::string const> words)
{
    if (slots.empty()) return true;
    auto const space = std::min(slots.find(' '), slots.size());
    auto const slot = slots.substr(0, space);
    auto const rest = slots.substr(std::min(space + 1, slots.size()));
    if (slot.starts_with('?')) {
        bool const taken = !words.empty() && is_one_of(slot.substr(1), words.front());
        return (taken && matches_here(rest, words.subspan(1))) || matches_here(rest, words);
    }
    if (words.empty()) return is_one_of(slot, "$");
    return is_one_of(slot, words.front()) && matches_here(rest, words.subspan(1));
}

// Who does not ask but tells ("I can't stop texting"), asks about the past ("why did you stop texting?") or forbids it ("don't stop").
bool is_told(std::span<std::string const> before)
{
    if (before.empty()) return false;
    auto const& last = before.back();
    auto const earlier = before.size() < 2 ? std::string_view() : std::string_view(before[before.size() - 2]);
    if (last == "you") return !is_one_of("can|could|would|will|may|wish|want|need|that|if|please", earlier);
    if (last == "vous" || last == "tu") return !is_one_of("pouvez|pourriez|voulez|voudriez|peux|pourrais|veux|que", earlier);
    if (last == "do") return is_one_of("you|u|we|they|i", earlier);
    return is_one_of("dont|not|never|didnt|did|cant|cannot|wont|wouldnt|couldnt|could|would|i|we|they|he|she|u|ill|youll|pas", last);
}

bool is_courtesy(std::string const& word)
{
    return is_one_of(courtesy, word);
}

bool is_found(Pattern const& pattern, Words const& sentence)
{
    std::span<std::string const> const words(sentence);
    bool const at_beginning = pattern.slots.starts_with("^ ");
    auto const slots = pattern.slots.substr(at_beginning ? 2 : 0);
    for (std::size_t start = 0; start < words.size(); ++start) {
        auto const before = words.first(start);
        if (at_beginning && !std::all_of(before.begin(), before.end(), is_courtesy)) return false;
        if (matches_here(slots, words.subspan(start)) && !is_told(before)) return true;
    }
    return false;
}

// A whole text that is one of these; Twilio takes the most of them by itself.
constexpr std::string_view stop_words = "stop|stopall|unsubscribe|cancel|end|quit|revoke|optout|arret|arrete|arreter|arretez|desabonner|"
                                        "desabonnement|desinscrire|desinscription|cesser|cessez";
// With courtesy around them, or as one sentence among others, where "cancel" or "end" would mean an appointment.
constexpr std::string_view clear_stop_words
    = "stop|stopall|unsubscribe|optout|arret|arrete|arretez|arreter|desabonner|desabonnement|desinscription|desinscrire";
constexpr std::string_view start_words = "start|unstop|optin|resubscribe|debut|debuter|commencer|recommencer|reprendre|reabonner";
constexpr std::string_view clear_start_words = "start|unstop|optin|resubscribe";
constexpr std::string_view help_words = "help|info|infos|aide";

constexpr Pattern stop_requests[] = {
    {"stop|quit|cease texting|messaging|contacting|spamming|bothering|harassing|txting|calling ?and|or ?texting|messaging|calling|emailing "
     "me|us|this|my|please|pls|now|already|here|$"},
    {"stop|quit|cease|end|cancel|block ?all ?of ?the|these|those|your|any|my|this text|txt|sms|spam|spamming|message $|messages|messaging"},
    {"stop|quit|cease|end|cancel ?all ?of ?the|these|those|your|any|my|this ?text texts|messages|msgs|txts|sms|spam"},
    {"stop|quit|cease sending|with ?me|us ?all ?of ?the|these|those|this|your|any|more ?text texts|text|messages|msgs|txts|sms|spam|stuff|"
     "anything"},
    {"stop|quit|cease sending me|us|this|these|$ ?please|this|these|anything $"},
    {"thanks|please|just stop ?it|now $"},
    {"not interested ?please ?just stop ?it|now $"},
    {"^ stop it|this|now ?now|please $"},
    {"dont|not|never ?ever text|message|contact|txt|sms me|us|this|my ?cell|phone ?number ?please|thanks|thank|ok $|you"},
    {"dont|not|never ?ever text|message|contact|txt|sms me|us|this|my ?cell|phone ?number again|anymore|any|ever|at|on ?more|again|this|$"},
    {"dont|not|never send ?me|us ?any|anymore|more|these|your ?more ?text texts|text|messages|sms|msgs|txts"},
    {"?i|we ?do dont|not|longer want|wish|like ?to ?get|receive|have|be ?any|anymore|your|these|more|the ?more ?text "
     "texts|text|messages|sms|msgs|"
     "contacted|texted|messaged"},
    {"^ no more ?text texts|text|messages|sms|msgs|txts"},
    {"want|need|wish no more ?text texts|messages|sms|msgs"},
    {"remove|take|delete|drop me|us|my|this ?phone|cell ?number ?from|off|of ?of ?your|the|this|all|any ?contact|mailing|text list|lists|"
     "database|system|texts|messages"},
    {"remove|delete me|us ?please|pls|now|thanks|thank $|you"},
    {"remove|delete|lose my|this ?phone|cell number"},
    {"take me|us off $"},
    {"unsubscribe"},
    {"how do|can i|we unsubscribe"},
    {"opt me|us out"},
    {"opt out ?please|pls|now|thanks $"},
    {"opt|opting out of|from ?all ?of ?the|these|those|your|this|any ?text texts|text|messages|sms|texting"},
    {"leave me|us alone"},

    {"arrete|arretez|arreter|arretiez|cesse|cessez|cesser|cessiez|stop|stoppez ?svp|stp|donc|immediatement de|d ?m|me|nous "
     "envoyer|texter|ecrire|contacter|appeler|deranger|harceler|solliciter"},
    {"arrete|arretez|arreter|arretiez|cesse|cessez|cesser|stop|stoppez|finissez|annulez ?avec ?tous|toutes "
     "les|vos|ces|tes|mes|le|ce|l|cet|aux textos|texto|messages|message|sms|envois|envoi|abonnement"},
    {"ne m|me|nous textez|texte|texter|ecrivez|ecris|ecrire|contactez|contacte|contacter|appelez|appelle|derangez|sollicitez plus|jamais"},
    {"ne m|me|nous textez|texte|ecrivez|ecris|contactez|contacte|derangez pas ?svp|stp|merci $|s"},
    {"ne|n ?m|me|nous envoyez|envoie|envoyer|envoies plus|pas|jamais ?rien|plus ?de|aucun|d|des|vos|ces ?autres "
     "textos|texto|messages|message|sms"},
    {"ne m|me|nous envoyez|envoie|envoyer|envoies plus|jamais rien|svp|stp|merci|$"},
    {"ne plus m|me|nous envoyer|ecrire|contacter|texter|appeler|deranger"},
    {"veux|voulons|souhaite|desire|voudrais|aimerais ?ne plus|pas|jamais ?de|d|recevoir|avoir|vos|aucun|etre ?de|d|des|vos|ces|aucun|plus "
     "textos|texto|messages|sms|contacte|contactee|texte|textee|derange|derangee"},
    {"^ plus|aucun|pas ?de|d textos|texto|messages|sms $|svp|stp|merci|s"},
    {"desabonnez|desabonne|desinscrivez|desinscris moi"},
    {"retirez|retire|enlevez|enleve|supprimez|supprime|otez|rayez|effacez moi $|de|svp|stp ?la|votre|cette|vos|ta|cette liste|listes|$"},
    {"retirez|retire|enlevez|enleve|supprimez|supprime|otez|rayez|effacez mon|ce numero"},
    {"me|m desabonner|desinscrire"},
    {"laissez|laisse moi|nous ?donc tranquille"},
    {"fichez|foutez moi|nous ?donc la paix"},
};

constexpr Pattern start_requests[] = {
    {"start|resume texting|messaging me|us"},
    {"start|resume sending me|us ?your|the ?text texts|messages"},
    {"you|u can|may text|message me again"},
    {"opt me|us back in"},
    {"resubscribe me|us"},
    {"subscribe me|us again"},
    {"recommencez|recommence|reprenez a m|me|nous envoyer|texter|ecrire"},
    {"vous|tu pouvez|peux m|me|nous texter|ecrire a|de|encore ?nouveau"},
    {"vous|tu pouvez|peux de|a nouveau m|me|nous texter|ecrire|envoyer"},
    {"reabonnez|reabonne|reinscrivez moi"},
};

template <std::size_t N>
bool asks_for(Pattern const (&patterns)[N], std::vector<Words> const& sentences)
{
    return std::any_of(sentences.begin(), sentences.end(), [&](Words const& sentence) {
        return std::any_of(std::begin(patterns), std::end(patterns), [&](Pattern const& pattern) { return is_found(pattern, sentence); });
    });
}

Words without_courtesy(Words words)
{
    std::erase_if(words, is_courtesy);
    return words;
}

bool is_only(Words const& words, std::string_view wanted)
{
    return words.size() == 1 && is_one_of(wanted, words.front());
}

// "STOP STOP", "stop all"
bool is_repeated(Words const& words, std::string_view wanted)
{
    return !words.empty() && is_one_of(wanted, words.front())
        && std::all_of(words.begin() + 1, words.end(), [&](auto const& word) { return word == "all" || is_one_of(wanted, word); });
}

} // namespace

OptOutWord opt_out_word(std::string_view body)
{
    auto const sentences = sentences_of(body);
    Words all;
    for (auto const& sentence : sentences)
        all.insert(all.end(), sentence.begin(), sentence.end());

    if (is_only(all, stop_words)) return OptOutWord::Stop;
    if (is_only(all, start_words)) return OptOutWord::Start;
    if (is_only(all, help_words)) return OptOutWord::Help;
    bool const as_a_sentence = std::any_of(sentences.begin(), sentences.end(),
        [](Words const& sentence) { return is_repeated(without_courtesy(sentence), clear_stop_words); });
    if (as_a_sentence || asks_for(stop_requests, sentences)) return OptOutWord::Stop;
    auto const plain = without_courtesy(all);
    if (is_only(plain, clear_start_words) || asks_for(start_requests, sentences)) return OptOutWord::Start;
    return is_only(plain, help_words) ? OptOutWord::Help : OptOutWord::None;
}
