#pragma once

/// To be called once, so that the linker keeps the replacement of `socket`.
int prompt_sockets(void);
