#include "web-client/platform/system_fonts.h"

#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#include <imstb_truetype.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

namespace platform {

static constexpr std::size_t most_entries = 5000; // of all folders
static constexpr std::size_t most_tries = 80; // files opened for one character
static constexpr std::uintmax_t largest_file = 48u << 20; // bytes; Chinese, Japanese and Korean together have 20 million
static constexpr int unwanted = 100;

static std::vector<std::filesystem::path> folders()
{
    std::vector<std::filesystem::path> list;
    if (auto const* home = std::getenv("HOME")) {
        list.push_back(std::filesystem::path(home) / ".local/share/fonts");
        list.push_back(std::filesystem::path(home) / ".fonts");
        list.push_back(std::filesystem::path(home) / "Library/Fonts");
    }
    for (auto const* folder : {"/usr/local/share/fonts", "/usr/share/fonts", "/System/Library/Fonts", "/Library/Fonts"})
        list.emplace_back(folder);
    if (auto const* windows = std::getenv("WINDIR")) list.push_back(std::filesystem::path(windows) / "Fonts");
    return list;
}

// Upright sans serif of normal weight first; coloured pictures and slanted or heavy letters not at all.
static int rank_of(std::filesystem::path const& file)
{
    auto ending = file.extension().string(), name = file.stem().string();
    for (auto* text : {&ending, &name})
        std::transform(text->begin(), text->end(), text->begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending != ".ttf" && ending != ".otf" && ending != ".ttc") return unwanted;
    for (auto const* part : {"color", "italic", "oblique", "bold", "black", "thin", "light", "condensed", "lastresort"})
        if (name.find(part) != std::string::npos) return unwanted;
    int rank = 5;
    for (auto const* part : {"sans", "noto", "dejavu"})
        if (name.find(part) != std::string::npos) --rank;
    for (auto const* part : {"serif", "mono", "math"})
        if (name.find(part) != std::string::npos) ++rank;
    return rank;
}

void SystemFonts::look()
{
    std::size_t seen = 0;
    for (auto const& folder : folders()) {
        std::error_code problem;
        auto const options = std::filesystem::directory_options::skip_permission_denied;
        for (std::filesystem::recursive_directory_iterator at(folder, options, problem), end; !problem && at != end;
             at.increment(problem)) {
            if (++seen > most_entries) break;
            if (int const rank = rank_of(at->path()); rank < unwanted) m_candidates.push_back({at->path(), rank});
        }
    }
    std::stable_sort(m_candidates.begin(), m_candidates.end(), [](auto const& a, auto const& b) { return a.rank < b.rank; });
}

static std::vector<unsigned char> contents(std::filesystem::path const& file)
{
    std::error_code problem;
    auto const size = std::filesystem::file_size(file, problem);
    if (problem || size == 0 || size > largest_file) return {};
    std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) return {};
    return bytes;
}

std::optional<SystemFont> SystemFonts::find(unsigned character)
{
    if (!std::exchange(m_looked, true)) look();
    std::size_t tries = 0;
    for (auto it = m_candidates.begin(); it != m_candidates.end() && tries < most_tries; ++it, ++tries) {
        auto bytes = contents(it->file);
        stbtt_fontinfo font{};
        int const offset = bytes.size() < 12 ? -1 : stbtt_GetFontOffsetForIndex(bytes.data(), 0);
        if (offset < 0 || !stbtt_InitFont(&font, bytes.data(), offset)) continue;
        int const glyph = stbtt_FindGlyphIndex(&font, static_cast<int>(character));
        if (glyph == 0 || stbtt_IsGlyphEmpty(&font, glyph)) continue;
        float const scale = stbtt_ScaleForMappingEmToPixels(&font, 1) / stbtt_ScaleForPixelHeight(&font, 1);
        m_candidates.erase(it);
        return SystemFont{m_loaded.emplace_back(std::move(bytes)), scale};
    }
    return {};
}

} // namespace platform
