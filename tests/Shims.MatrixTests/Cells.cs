namespace Shims.MatrixTests;

/// <summary>Which cells of the matrix this run is about: every one with SHIMS_MATRIX=full, as <c>make matrix</c> sets it, else those of the quick fronts.</summary>
internal static class Cells
{
    internal static bool Full { get; } = Environment.GetEnvironmentVariable("SHIMS_MATRIX") == "full";

    internal static IEnumerable<Front> Rows => Fronts.All.Where(front => Full || front.IsQuick);

    /// <summary>The cells of one product.</summary>
    internal static TheoryData<string, Check> Of(string product)
    {
        var cells = new TheoryData<string, Check>();
        foreach (Front front in Rows.Where(front => front.Product.Name == product))
            foreach (Check check in Enum.GetValues<Check>())
                cells.Add(front.Name, check);
        return cells;
    }
}
