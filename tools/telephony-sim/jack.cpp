#include "tools/telephony-sim/jack.h"

#include "tools/telephony-sim/text.h"
#include "tools/telephony-sim/words.h"

#include <algorithm>
#include <regex>

namespace simulator {

namespace {

struct Heard {
    std::string name;
    std::string interest;
    std::string trade_in;
    std::string appointment;
    bool wants_visit = false;
    bool wants_person = false;
    bool opts_out = false;
};

bool has(std::string const& text, char const* pattern)
{
    return std::regex_search(text, std::regex(pattern, std::regex::icase));
}

std::string found(std::string const& text, char const* pattern, std::regex::flag_type flags = std::regex::icase)
{
    std::smatch match;
    if (!std::regex_search(text, match, std::regex(pattern, std::regex::ECMAScript | flags))) return "";
    return trimmed(match[1].str());
}

constexpr auto name_pattern = "(?:[Mm]y name is|[Mm]y name's|[Tt]his is|I am|I'm|[Ii]t's) ([A-Z][\\w'-]+(?: [A-Z][\\w'-]+)?)";
constexpr auto car_pattern
    = "\\b((?:(?:19|20)\\d\\d )?(?:"
      "(?:Honda|Toyota|Ford|Chevrolet|Chevy|Nissan|Mazda|Subaru|Hyundai|Kia|Volkswagen|VW|BMW|Audi|Mercedes|Tesla|Jeep|"
      "Dodge|Ram|GMC|Lexus|Acura|Volvo)(?: (?!still|there|today|in |for |or |and |to |on |is )[\\w-]+)?|"
      "Civic|Accord|CR-V|Corolla|Camry|RAV4|Tacoma|F-150|Mustang|Escape|Explorer|Silverado|Rogue|CX-5|Forester|Outback|"
      "Elantra|Tucson|Golf|Tiguan|Model [3Y]|Wrangler|Grand Cherokee))\\b";
constexpr auto trade_pattern = "trade(?:[ -]?in)?(?: in)? (?:my|our|a|an|the) ([^.,;!?]+)";
constexpr auto day_pattern = "\\b((?:today|tomorrow|(?:next |this )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday))"
                             "(?: (?:morning|afternoon|evening))?(?:,? (?:at )?\\d{1,2}(?::\\d\\d)? ?(?:[ap]\\.?m\\.?)?)?)";

// What one sentence adds to what is known.
void hear(Heard& heard, std::string const& words)
{
    if (auto name = found(words, name_pattern, std::regex::flag_type{}); !name.empty()) heard.name = name;
    auto const trade = found(words, trade_pattern);
    if (!trade.empty()) heard.trade_in = trade;
    if (auto car = found(words, car_pattern); !car.empty() && trade.find(car) == std::string::npos) heard.interest = car;
    heard.wants_visit = heard.wants_visit || has(words, "test drive|appointment|book|come (?:in|by)|stop by|see it|visit|service");
    if (auto day = found(words, day_pattern); !day.empty()) heard.appointment = day;
    heard.wants_person
        = heard.wants_person || has(words, "\\b(?:person|human|someone|somebody|manager|sales ?(?:person|man|rep)|representative)\\b");
    heard.opts_out = heard.opts_out || has(words, "(?:don't|do not|stop|never) (?:call|text|contact)");
}

Heard heard_in(std::vector<Turn> const& turns, size_t count)
{
    Heard heard;
    for (size_t i = 0; i < count; ++i) {
        if (turns[i].role == "user") hear(heard, turns[i].message);
    }
    return heard;
}

std::string dealership(Json const& variables)
{
    auto const name = text_at(variables, "organization_name");
    return name.empty() ? "the dealership" : name;
}

std::string first_word(std::string const& text)
{
    return text.substr(0, text.find(' '));
}

} // namespace

std::string jacks_answer(std::vector<Turn> const& turns, Json const& variables)
{
    if (turns.empty() || turns.back().role != "user") return "";
    auto const& words = turns.back().message;
    auto const before = heard_in(turns, turns.size() - 1);
    auto const now = heard_in(turns, turns.size());
    auto const who = dealership(variables);
    std::string const hello = now.name != before.name ? "Nice to meet you, " + first_word(now.name) + ". " : "";
    if (now.opts_out && !before.opts_out) return "I understand. I have noted that " + who + " must not contact you again.";
    if (has(words, "last time|remember|we spoke")) {
        auto const last = text_at(variables, "previous_summary");
        return last.empty() ? "I have no record of an earlier call, I am sorry." : "I have this of our last call. " + last;
    }
    if (now.appointment != before.appointment && now.wants_visit)
        return hello + "I have noted " + now.appointment + ". Someone from " + who + " will confirm it.";
    if (now.wants_visit && !before.wants_visit && now.appointment.empty()) return hello + "Gladly. Which day and time would suit you?";
    if (now.trade_in != before.trade_in)
        return hello + "I have noted your " + now.trade_in + " as a trade-in. Would you like to bring it by?";
    if (now.wants_person && !before.wants_person) return hello + "I will ask someone at " + who + " to call you back at this number.";
    if (now.interest != before.interest)
        return hello + "The " + now.interest + ", I have that down. Would you like to come in for a test drive?";
    if (has(words, "price|cost|how much|hours|open|address|where|stock|available|still there"))
        return hello + "I would rather not guess. Someone from " + who + " can call you back with that. Is this number good?";
    if (has(words, "\\b(?:bye|goodbye|that's all|that is all|nothing else|no thanks)\\b"))
        return "Thank you for calling " + who + ". Goodbye.";
    if (!hello.empty()) return hello + "How can I help you?";
    return "I have noted that. Is there anything else I can do for you?";
}

void sum_up(Talk& talk, Json const& variables)
{
    auto heard = heard_in(talk.turns, talk.turns.size());
    auto const known = text_at(variables, "customer_name");
    auto const who = !heard.name.empty() ? heard.name : !known.empty() ? known : "The caller";
    bool const has_spoken = std::any_of(talk.turns.begin(), talk.turns.end(), [](Turn const& turn) { return turn.role == "user"; });
    if (!heard.wants_visit) heard.appointment.clear();
    if (!heard.name.empty()) talk.collected["customer_name"] = heard.name;
    if (!heard.interest.empty()) talk.collected["interest"] = heard.interest;
    if (!heard.trade_in.empty()) talk.collected["trade_in"] = heard.trade_in;
    if (!heard.appointment.empty()) talk.collected["appointment"] = heard.appointment;
    if (heard.wants_person) talk.collected["wants_person"] = true;
    std::string summary;
    if (!has_spoken)
        summary = "The caller hung up after the greeting without a word.";
    else if (!heard.interest.empty())
        summary = who + " asked about a " + heard.interest + ".";
    else
        summary = who + " called with a question.";
    if (!heard.trade_in.empty()) summary += " There is a trade-in: " + heard.trade_in + ".";
    if (!heard.appointment.empty()) summary += " Wants to come in " + heard.appointment + ".";
    if (heard.wants_person) summary += " Wants a call back from a person.";
    if (heard.opts_out) summary += " Does not want to be contacted again.";
    talk.summary = summary;
    talk.title = !heard.appointment.empty() ? "Appointment"
        : !heard.interest.empty()           ? heard.interest
        : heard.wants_person                ? "Call back"
                                            : "Question";
    talk.call_successful = !has_spoken ? "unknown" : "success";
}

Talk outbound_talk(std::string const& greeting, Json const& variables)
{
    auto const name = text_at(variables, "customer_name");
    auto const who = name.empty() ? "the customer" : name;
    Talk talk;
    talk.turns = {{"agent", greeting, 0}, {"user", name.empty() ? "Yes, hello, who is this?" : "Yes, this is " + name + ".", 5},
        {"agent", "I am calling for " + dealership(variables) + ". Is this a good moment?", 9},
        {"user", "Go ahead. I wanted to know whether somebody can show me the car this week.", 14},
        {"agent", "I will ask someone to call you back with a time. Thank you.", 21}, {"user", "Thanks, bye.", 26}};
    talk.duration = 29;
    talk.title = "Call back";
    talk.summary = "Jack called " + who + ", who would like somebody to show the car this week.";
    talk.collected["wants_person"] = true;
    return talk;
}

} // namespace simulator
