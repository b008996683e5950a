namespace Shims.MatrixTests;

public sealed class HAProxyTests(RunningFronts fronts, Table table) : MatrixTest(fronts, table)
{
    public static TheoryData<string, Check> HAProxy => Cells.Of("HAProxy");

    [Theory, MemberData(nameof(HAProxy))]
    public Task Behind_HAProxy(string front, Check check) => FillAsync(front, check);
}
