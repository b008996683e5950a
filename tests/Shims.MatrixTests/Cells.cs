namespace Shims.MatrixTests;

/// <summary>The cells of the matrix that this run fills: every one with SHIMS_MATRIX=full, as <c>make matrix</c> sets it.</summary>
/// <remarks>
/// Else every check of the quick fronts, and of a product without a quick front the checks of one small request at its first front.
/// A cell that a known limit of the web server keeps from passing is tried by <c>make matrix</c> only, which finds out whether a newer version still has the limit.
/// </remarks>
internal static class Cells
{
    private static readonly Check[] s_ofOneSmallRequest =
        [Check.Page, Check.Query, Check.PathInfo, Check.Environment, Check.Head, Check.Statuses, Check.PostNothing, Check.PostByte];

    internal static bool Full { get; } = Environment.GetEnvironmentVariable("SHIMS_MATRIX") == "full";

    internal static bool Includes(Front front, Check? check) => Full || check is not { } known || front.LimitOf(known) is null;

    internal static IEnumerable<Front> Rows => Fronts.All.Where(front => ChecksOf(front).Length > 0);

    /// <summary>The cells of one product.</summary>
    internal static TheoryData<string, Check> Of(string product)
    {
        var cells = new TheoryData<string, Check>();
        foreach (Front front in Rows.Where(front => front.Product.Name == product))
            foreach (Check check in ChecksOf(front).Where(check => Includes(front, check)))
                cells.Add(front.Name, check);
        return cells;
    }

    private static Check[] ChecksOf(Front front)
    {
        if (Full || front.IsQuick)
            return Enum.GetValues<Check>();
        IEnumerable<Front> fronts = Fronts.All.Where(other => other.Product.Name == front.Product.Name);
        return front == fronts.First() && !fronts.Any(other => other.IsQuick) ? s_ofOneSmallRequest : [];
    }
}
