# The console in the browser: SDL compiled straight from its source (its own configure takes minutes), Emscripten's flags.
if(NOT EXISTS ${THIRD_PARTY}/libsdl2/include/SDL.h)
  message(FATAL_ERROR "third_party/libsdl2 is missing: run tools/setup")
endif()

set(SDL ${THIRD_PARTY}/libsdl2)
set(SDL_FOLDERS . atomic events cpuinfo file stdlib libm thread thread/generic timer timer/unix video video/yuv2rgb video/emscripten
  locale misc power filesystem/emscripten loadso/dlopen joystick joystick/dummy joystick/emscripten haptic haptic/dummy sensor sensor/dummy audio
  audio/dummy render)
set(SDL_SOURCES)
foreach(FOLDER ${SDL_FOLDERS})
  file(GLOB FOUND ${SDL}/src/${FOLDER}/*.c)
  list(APPEND SDL_SOURCES ${FOUND})
endforeach()
add_library(sdl STATIC ${SDL_SOURCES})
target_include_directories(sdl SYSTEM PUBLIC ${SDL}/include)
set(SDL_UNUSED AUDIO JOYSTICK SENSOR RENDER POWER LOCALE MISC)
list(TRANSFORM SDL_UNUSED REPLACE "(.+)" "SDL_\\1_DISABLED=1")
# Without SDL's own blitters: GL draws everything.
target_compile_definitions(sdl PRIVATE ${SDL_UNUSED} SDL_LEAN_AND_MEAN=1 PUBLIC SDL_MAIN_HANDLED)
target_compile_options(sdl PRIVATE -Oz -w)

# The host's header-only JSON library, without the rest of the host's headers.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/host-include)
file(CREATE_LINK /usr/include/nlohmann ${CMAKE_BINARY_DIR}/host-include/nlohmann SYMBOLIC)
add_library(json INTERFACE)
target_include_directories(json SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/host-include)

add_compile_options(-Oz)
set(WASM_LINK_OPTIONS
  -Oz
  -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2
  -sGL_SUPPORT_AUTOMATIC_ENABLE_EXTENSIONS=0 -sGL_SUPPORT_SIMPLE_ENABLE_EXTENSIONS=0 # asking for each takes 40 ms of a start
  -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=33554432
  -sENVIRONMENT=web -sFILESYSTEM=0
  -sDYNAMIC_EXECUTION=0 # the content security policy forbids eval
  -sEXPORTED_FUNCTIONS=_main,_malloc,_console_wake,_console_reply,_console_mirror_event,_console_address,_console_key,_console_event,_console_context_restored
  -sEXIT_RUNTIME=0
  --js-library ${CMAKE_SOURCE_DIR}/web-client/platform/browser.js
  --pre-js ${CMAKE_SOURCE_DIR}/web-client/platform/browser_page.js)
