namespace Shims.Testing;

/// <summary>How much a test that repeats itself does: a sample in an ordinary run, the whole in `make test-long` (SHIMS_TEST_LONG=1).</summary>
public static class TestExtent
{
    /// <summary>The trait of a test that only `make test-long` runs.</summary>
    public const string Trait = "extent";

    /// <summary>The trait's value.</summary>
    public const string Whole = "whole";

    /// <summary>True in `make test-long`.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("SHIMS_TEST_LONG") == "1";

    /// <summary>The count for this run.</summary>
    public static int Of(int ordinary, int whole) => IsLong ? whole : ordinary;
}
