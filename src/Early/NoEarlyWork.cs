using Shims.Early;

namespace Shims.Programs;

/// <summary>The first work of a program in a portable build, which begins in Main: none.</summary>
internal static class EarlyWork
{
    internal static EarlyOutcome Outcome => default;
}
