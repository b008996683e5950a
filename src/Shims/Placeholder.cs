namespace Shims;
internal static class Placeholder;
