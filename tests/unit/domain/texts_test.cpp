#include "shared/domain/opt_out_words.h"
#include "shared/domain/segments.h"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string repeated(std::string const& text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

TEST_CASE("a text is counted in segments as it will be sent and paid")
{
    struct Row {
        std::string text;
        std::string encoding;
        int segments;
        int characters;
        std::string because;
    };
    for (auto const& row : {
             Row{"", "gsm7", 0, 0, ""},
             {"Is the Civic still there?", "gsm7", 1, 25, ""},
             {std::string(160, 'a'), "gsm7", 1, 160, ""},
             {std::string(161, 'a'), "gsm7", 2, 161, ""},
             {std::string(306, 'a'), "gsm7", 2, 306, ""},
             {std::string(307, 'a'), "gsm7", 3, 307, ""},
             {std::string(1530, 'a'), "gsm7", 10, 1530, ""},
             {std::string(1531, 'a'), "gsm7", 11, 1531, ""},
             {repeated("é", 160), "gsm7", 1, 160, ""}, // é è à ù ì ò are in the 7-bit alphabet, ê and ç are not
             {repeated("€", 80), "gsm7", 1, 80, ""}, // two places each
             {repeated("€", 81), "gsm7", 2, 81, ""},
             // 152 places and a € of two: it is not cut, so the first piece stays short.
             {std::string(152, 'a') + "€" + std::string(151, 'b'), "gsm7", 2, 304, ""},
             {std::string(152, 'a') + "€" + std::string(152, 'b'), "gsm7", 3, 305, ""},
             {"[link] {x} ~ | \\ ^", "gsm7", 1, 18, ""},
             {"ça va", "ucs2", 1, 5, "ç"},
             {"Rendez-vous prêt", "ucs2", 1, 16, "ê"},
             {"It’s ready", "ucs2", 1, 10, "’"}, // a typographic apostrophe makes a text dear
             {"a`b", "ucs2", 1, 3, "`"},
             {repeated("д", 70), "ucs2", 1, 70, "д"},
             {repeated("д", 71), "ucs2", 2, 71, "д"},
             {repeated("д", 134), "ucs2", 2, 134, "д"},
             {repeated("д", 135), "ucs2", 3, 135, "д"},
             {repeated("👍", 35), "ucs2", 1, 35, "👍"}, // two units each
             {repeated("👍", 36), "ucs2", 2, 36, "👍"},
             {repeated("👍", 66), "ucs2", 2, 66, "👍"}, // 33 in a piece of 67 units: none is cut
             {repeated("👍", 67), "ucs2", 3, 67, "👍"},
         }) {
        INFO(row.text);
        auto const counted = count_segments(row.text);
        CHECK(counted.encoding == row.encoding);
        CHECK(counted.segments == row.segments);
        CHECK(counted.characters == row.characters);
        CHECK(counted.unicode_because == row.because);
    }
}

TEST_CASE("a STOP is understood as a word and as a plain request, in English and French")
{
    for (std::string const text :
        {"STOP", "stop", " Stop. ", "“STOP”", "StopAll", "UNSUBSCRIBE", "cancel", "End", "QUIT", "revoke", "OPTOUT", "ARRET", "arrêt",
            "Arrêtez", "ARRÊTER", "désabonner", "De\u0301sabonner", "désinscription", "STOP PLEASE", "please stop", "Please stop!",
            "Stop, thanks", "ok stop now", "STOP STOP STOP", "stop all", "Not interested. STOP", "not interested stop", "no thanks stop",
            "can you please stop", "stop it", "please stop texting me", "Stop texting", "STOP TEXTING ME!!!", "quit texting me",
            "stop messaging this number", "stop calling and texting me", "can you stop texting me", "Could you please stop contacting me",
            "I want you to stop texting me", "I asked you to stop sending me these messages", "stop sending me texts", "stop sending these",
            "stop all messages", "stop the texts", "cancel my texts", "end these messages please", "stop with the spam", "Stop sms",
            "do not text me", "don't text me", "Don’t text me anymore", "do not text me at this number", "please do not contact me again",
            "never text me again", "don't send me any more messages", "I don't want any more texts",
            "I do not want to receive text messages", "I no longer wish to receive these messages", "no more texts please",
            "No more messages", "remove me from your list", "take me off this list", "please remove me", "remove my number",
            "delete my number from your system", "lose my number", "unsubscribe me", "I want to unsubscribe", "how do I unsubscribe?",
            "opt me out", "I'd like to opt out", "opt out of texts", "leave me alone", "Arrêtez SVP", "stop svp",
            "arrêtez de m'envoyer des textos", "Arrêtez de m’envoyer des messages svp", "arrete de me texter",
            "pouvez-vous arrêter de m'écrire", "cessez de me contacter", "arrêtez les textos", "arrêtez ces messages",
            "ne m'envoyez plus de messages", "ne m'envoyez plus rien", "Ne me textez plus", "ne m'écrivez plus svp", "ne me contactez pas",
            "n'envoyez plus de textos", "je ne veux plus de textos", "Je ne veux plus recevoir vos messages",
            "je veux plus recevoir de textos", "je ne souhaite plus être contacté", "plus de textos svp", "désabonnez-moi",
            "je veux me désabonner", "retirez-moi de votre liste", "enlevez mon numéro", "laissez-moi tranquille",
            "Bonjour, merci d'arrêter de m'appeler"}) {
        INFO(text);
        CHECK(opt_out_word(text) == OptOutWord::Stop);
    }
}

TEST_CASE("a START opens only what it clearly asks for, and HELP is told apart")
{
    for (std::string const text : {"START", "start", "Unstop", "OPTIN", "resubscribe", "commencer", "Débuter", "please start",
             "start texting me again", "you can text me again", "please opt me back in", "resubscribe me",
             "recommencez à m'envoyer des textos", "vous pouvez me texter à nouveau", "réabonnez-moi"}) {
        INFO(text);
        CHECK(opt_out_word(text) == OptOutWord::Start);
    }
    for (std::string const text : {"HELP", "help please", "info", "Aide", "aide svp"}) {
        INFO(text);
        CHECK(opt_out_word(text) == OptOutWord::Help);
    }
}

TEST_CASE("a sentence that merely has the word in it is a sentence")
{
    for (std::string const text :
        {"", "  ", "👍", "yes", "Yes please", "oui", "can I stop by at 5?", "I'll stop by tomorrow", "Is there a bus stop near you?",
            "Do you have a one stop shop", "don't stop looking for that Civic", "I can't stop thinking about that truck",
            "why did you stop texting me?", "did you stop sending flyers?", "we never stop texting you lol", "Please cancel my appointment",
            "cancel please", "cancel the test drive", "the end of the month works", "at the end", "I quit my job so I need cheap payments",
            "Does it have start stop?", "the start button is broken", "push to start", "When does the sale start?",
            "when can you start the repair", "I need help with financing", "can you help me", "send me info on the CR-V",
            "more info please", "you didn't text me back", "you don't text me back", "text me at 5",
            "don't text me before 9, I work nights", "I don't want the extended warranty", "can I opt out of the extended warranty?",
            "can you remove the fees", "take me off road in it?", "remove me from the 5 pm appointment and put me at 6",
            "I got no more text from you", "do you want to take this off the lot", "did you lose my number?", "please leave the keys",
            "Je m'arrête à 17h", "arrêtez-vous à Laval ?", "je passe par l'arrêt d'autobus", "à quelle heure est le dernier arrêt?",
            "ne m'appelez pas avant 17h", "enlevez-moi les frais svp", "laissez-moi la clé", "j'ai arrêté de fumer", "quand commencez-vous",
            "je veux plus d'info", "la fin du mois", "vous pouvez me texter", "The brakes don't stop well", "It won't start",
            "We will drive to the light, stop, and turn"}) {
        INFO(text);
        CHECK(opt_out_word(text) == OptOutWord::None);
    }
}
