namespace Shims.MatrixTests;

public sealed class ApacheTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> Apache => Cells.Of("Apache");

    [Theory, MemberData(nameof(Apache))]
    public Task Behind_Apache(string front, Check check) => FillAsync(front, check);
}
