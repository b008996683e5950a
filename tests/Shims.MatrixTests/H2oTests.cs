namespace Shims.MatrixTests;

public sealed class H2oTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> H2o => Cells.Of("h2o");

    [Theory, MemberData(nameof(H2o))]
    public Task Behind_h2o(string front, Check check) => FillAsync(front, check);
}
