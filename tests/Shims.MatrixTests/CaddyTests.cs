namespace Shims.MatrixTests;

public sealed class CaddyTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> Caddy => Cells.Of("Caddy");

    [Theory, MemberData(nameof(Caddy))]
    public Task Behind_Caddy(string front, Check check) => FillAsync(front, check);
}
