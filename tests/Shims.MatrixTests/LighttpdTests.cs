namespace Shims.MatrixTests;

public sealed class LighttpdTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> Lighttpd => Cells.Of("lighttpd");

    [Theory, MemberData(nameof(Lighttpd))]
    public Task Behind_lighttpd(string front, Check check) => FillAsync(front, check);
}
