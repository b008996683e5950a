namespace Shims.MatrixTests;

/// <summary>The cells of the matrix that this run fills: every one with SHIMS_MATRIX=full, as <c>make matrix</c> sets it, else those of the quick fronts.</summary>
/// <remarks>A cell that a known limit of the web server keeps from passing is tried by <c>make matrix</c> only, which finds out whether a newer version still has the limit.</remarks>
internal static class Cells
{
    internal static bool Full { get; } = Environment.GetEnvironmentVariable("SHIMS_MATRIX") == "full";

    internal static IEnumerable<Front> Rows => Fronts.All.Where(front => Full || front.IsQuick);

    internal static bool Includes(Front front, Check? check) => Full || check is not { } known || front.LimitOf(known) is null;

    /// <summary>The cells of one product.</summary>
    internal static TheoryData<string, Check> Of(string product)
    {
        var cells = new TheoryData<string, Check>();
        foreach (Front front in Rows.Where(front => front.Product.Name == product))
            foreach (Check check in Enum.GetValues<Check>().Where(check => Includes(front, check)))
                cells.Add(front.Name, check);
        return cells;
    }
}
